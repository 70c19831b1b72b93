using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using Evenkeel.Configuration;

namespace Evenkeel.Cli.Tests.Configuration.Schema;

/// <summary>The JSON schema of configurations, made of what the readers ask for.</summary>
internal static class SchemaText
{
    private static readonly JsonSerializerOptions Style = new()
    {
        WriteIndented = true,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    public static string Write()
    {
        var schema = new JsonObject
        {
            ["$schema"] = "https://json-schema.org/draft/2020-12/schema",
            ["title"] = "Configuration of a training run of Evenkeel",
        };
        var definitions = new JsonObject();
        foreach (
            IGrouping<string, AskedObject> kind in AskedObjects
                .All.GroupBy(o => o.Definition)
                .OrderBy(k => k.Key, StringComparer.Ordinal)
        )
        {
            JsonObject[] objects = [.. Objects(kind)];
            if (kind.Key == AskedObjects.Root)
            {
                foreach ((string keyword, JsonNode? value) in objects.Single())
                    schema[keyword] = value?.DeepClone();
            }
            else
            {
                definitions[kind.Key] = AnyOf(objects);
            }
        }

        schema["$defs"] = definitions;
        return schema.ToJsonString(Style) + "\n";
    }

    // Objects that differ in their word alone are one.
    private static IEnumerable<JsonObject> Objects(IGrouping<string, AskedObject> kind)
    {
        string? discriminator = AskedObjects.Discriminator(kind.Key);
        return kind.GroupBy(o => Object(o, discriminator, []).ToJsonString())
            .Select(same =>
                Object(same.First(), discriminator, [.. same.Select(o => o.Word).Where(w => w.Length > 0)])
            );
    }

    private static JsonObject Object(AskedObject asked, string? discriminator, string[] words)
    {
        var properties = new JsonObject();
        if (words.Length > 0)
            properties[discriminator!] = new JsonObject { ["enum"] = Array(words) };
        foreach ((string name, AskedField field) in asked.Fields.OrderBy(f => f.Key, StringComparer.Ordinal))
        {
            // What was only looked for, to refuse it or to tell kinds apart, is no field of this kind.
            if (name != discriminator && field.Forms.Count > 0)
                properties[name] = Field(field);
        }

        string[] required = [.. asked.Fields.Where(f => f.Value.Required == true).Select(f => f.Key).Order()];
        var schema = new JsonObject { ["type"] = "object", ["properties"] = properties };
        if (required.Length > 0)
            schema["required"] = Array(required);
        schema["additionalProperties"] = false;
        return schema;
    }

    private static JsonObject Field(AskedField field)
    {
        JsonObject schema = AnyOf([.. field.Forms.OrderBy(f => f.Kind).SelectMany(form => Form(form, field))]);
        if (field.Description is not null)
            schema["description"] = field.Description;
        if (field.Default is not null)
            schema["default"] = field.Default.DeepClone();
        return schema;
    }

    private static IEnumerable<JsonObject> Form(FieldForm form, AskedField field)
    {
        JsonObject value = Value(form, field);
        if (form.Lists == 0)
            return [value];
        JsonObject list = List(form.Lists == 1 ? value : AnyOf([value, List(Value(form, field))]));
        return form.Lists == 1 && form.Kind != FieldKind.Object ? [Value(form, field), list] : [list];
    }

    private static JsonObject List(JsonObject items) => new() { ["type"] = "array", ["items"] = items };

    private static JsonObject Value(FieldForm form, AskedField field)
    {
        switch (form.Kind)
        {
            case FieldKind.Object:
                return new JsonObject { ["$ref"] = $"#/$defs/{field.Objects}" };
            case FieldKind.Flag:
                return new JsonObject { ["type"] = "boolean" };
            case FieldKind.Text:
                return form.Words.Count == 0
                    ? new JsonObject { ["type"] = "string" }
                    : new JsonObject { ["enum"] = Array(form.Words) };
            case FieldKind.Number:
                var number = new JsonObject { ["type"] = "number" };
                field.Bounds?.AddTo(number);
                return number;
            default:
                var integer = new JsonObject { ["type"] = "integer" };
                if (form.Least > int.MinValue)
                    integer["minimum"] = form.Least;
                if (form.Most < int.MaxValue)
                    integer["maximum"] = form.Most;
                return integer;
        }
    }

    private static JsonObject AnyOf(JsonObject[] schemas) =>
        schemas.Length == 1 ? schemas[0] : new JsonObject { ["anyOf"] = new JsonArray([.. schemas]) };

    private static JsonArray Array(IEnumerable<string> words) => [.. words.Select(w => JsonValue.Create(w))];
}
