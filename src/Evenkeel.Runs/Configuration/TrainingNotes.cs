using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Evenkeel.Runs.Configuration;

/// <summary>
/// What the metadata of a model's file says of its training: the data, and what its classes are called. It goes with the model from
/// checkpoint to safetensors to ONNX.
/// </summary>
internal static partial class TrainingNotes
{
    private const string Classes = "run.classes";
    private static readonly NamesJson Json = new(new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping });

    /// <summary>The notes for a model that is trained on data.</summary>
    /// <param name="data">The data.</param>
    /// <param name="classNames">Names of its classes by label; none if they are not known.</param>
    public static Dictionary<string, string> Of(DataConfig data, IReadOnlyList<string> classNames)
    {
        var notes = new Dictionary<string, string> { [DataConfig.Note] = data.ToText() };
        if (classNames.Count > 0)
            notes[Classes] = JsonSerializer.Serialize([.. classNames], Json.StringArray);
        return notes;
    }

    /// <summary>Of a file's metadata, what concerns the training.</summary>
    public static Dictionary<string, string> In(IReadOnlyDictionary<string, string> metadata) =>
        metadata.Where(n => n.Key is DataConfig.Note or Classes).ToDictionary();

    /// <summary>Names of the classes by label; none if the file does not say them.</summary>
    public static IReadOnlyList<string> ClassNames(IReadOnlyDictionary<string, string> metadata)
    {
        try
        {
            return metadata.TryGetValue(Classes, out string? text)
                ? JsonSerializer.Deserialize(text, Json.StringArray) ?? []
                : [];
        }
        catch (JsonException)
        {
            // A file of another program, which means something else by the word.
            return [];
        }
    }

    /// <summary>A class for people: its number and, where it is known, its name.</summary>
    public static string Label(IReadOnlyList<string> names, int label) =>
        label < names.Count && names[label] != Number(label) ? $"{label} {names[label]}" : Number(label);

    private static string Number(int label) => label.ToString(System.Globalization.CultureInfo.InvariantCulture);

    [JsonSerializable(typeof(string[]))]
    private sealed partial class NamesJson : JsonSerializerContext;
}
