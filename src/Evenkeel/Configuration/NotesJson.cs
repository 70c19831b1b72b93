using System.Text.Json;

namespace Evenkeel.Configuration;

/// <summary>The notes of a model as JSON: <c>[{"text": "...", "unmeasured": ["bn1"]}, ...]</c>.</summary>
internal static class NotesJson
{
    public static string ToText(IEnumerable<ModelNote> notes) =>
        JsonText.Written(writer =>
        {
            writer.WriteStartArray();
            foreach (ModelNote note in notes)
                Write(writer, note);
            writer.WriteEndArray();
        });

    /// <exception cref="ConfigurationException">The text is not of this form.</exception>
    public static IReadOnlyList<ModelNote> Parse(string json, string source)
    {
        using JsonDocument document = JsonText.Parse(json, source);
        if (document.RootElement.ValueKind != JsonValueKind.Array)
            throw new ConfigurationException($"{source}: expected a list of notes.");
        return [.. document.RootElement.EnumerateArray().Select(e => Read(new JsonFields(e, source)))];
    }

    private static void Write(Utf8JsonWriter writer, ModelNote note)
    {
        writer.WriteStartObject();
        writer.WriteString("text", note.Text);
        if (!note.Unmeasured.IsEmpty)
        {
            writer.WriteStartArray("unmeasured");
            foreach (string layer in note.Unmeasured)
                writer.WriteStringValue(layer);
            writer.WriteEndArray();
        }

        writer.WriteEndObject();
    }

    private static ModelNote Read(JsonFields fields)
    {
        var note = new ModelNote(fields.Text("text"))
        {
            Unmeasured = fields.Has("unmeasured") ? [.. fields.Texts("unmeasured")] : [],
        };
        fields.RequireNoOthers();
        return note;
    }
}
