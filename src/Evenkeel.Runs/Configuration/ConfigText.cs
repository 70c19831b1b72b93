using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Evenkeel.Configuration;
using Evenkeel.Data;
using Evenkeel.Runs.Files;

namespace Evenkeel.Runs.Configuration;

/// <summary>A configuration as JSON that has been read but not understood yet, and changes made to it.</summary>
internal sealed class ConfigText(string name, string folder, JsonObject root)
{
    /// <summary>A hundred thousand layers with every default written out take half of it.</summary>
    private const long LargestBytes = 1 << 26;

    /// <summary>How all JSON of a configuration is read.</summary>
    public static readonly JsonDocumentOptions Strict = new() { AllowDuplicateProperties = false };
    private readonly JsonObject _root = root;

    /// <summary>Name of the file in the folder of a run that records what was run.</summary>
    public const string RecordName = "run.json";

    /// <summary>What messages call a configuration that is no file.</summary>
    public const string Unnamed = "the configuration";

    /// <summary>The file, for messages.</summary>
    public string Name => name;

    /// <summary>What paths in it are relative to.</summary>
    public string Folder => folder;

    /// <summary>Reads a file: a configuration, or the record of a run, which holds one with every default written out.</summary>
    /// <exception cref="ConfigurationException">There is no such file, or it is not a JSON object; says where.</exception>
    public static ConfigText Load(string path)
    {
        if (Directory.Exists(path))
        {
            string record = Path.Combine(path, RecordName);
            throw new ConfigurationException(
                File.Exists(record)
                    ? $"{path}: this is the folder of a run; its configuration is in {record}."
                    : $"{path}: this is a folder; give the configuration file in it."
            );
        }

        if (!File.Exists(path))
            throw new ConfigurationException($"{path}: the configuration file does not exist.");
        if (FileSignature.Of(path) is var kind && kind is not (FileKind.Json or FileKind.Text or FileKind.Unknown))
            throw new ConfigurationException($"{path}: this is {FileWords.Name(kind)}; a configuration is JSON.");
        ConfigText text = Parse(ReadText(path), path, Path.GetDirectoryName(Path.GetFullPath(path))!);
        return text._root["config"] is JsonObject config ? new ConfigText(path, text.Folder, config) : text;
    }

    private static string ReadText(string path)
    {
        using FileStream file = RegularFile.Open(path);
        return file.Length <= LargestBytes
            ? new StreamReader(file).ReadToEnd()
            : throw new ConfigurationException(
                $"{path}: {file.Length} bytes exceed the limit of {LargestBytes} for a configuration."
            );
    }

    /// <summary>Reads text.</summary>
    public static ConfigText Parse(string json, string name, string folder)
    {
        JsonText.Check(json, name);
        try
        {
            return JsonNode.Parse(json, documentOptions: Strict) is JsonObject root
                ? new ConfigText(name, folder, root)
                : throw new ConfigurationException($"{name}: expected an object {{...}}.");
        }
        catch (JsonException e)
        {
            throw new ConfigurationException($"{name}{Where(e)}: not valid JSON: {Cause(e)}", e);
        }
    }

    /// <summary>Puts a value at a path such as <c>network.layers.0.units</c>; objects on the way are made.</summary>
    /// <exception cref="ConfigurationException">There is no such place.</exception>
    public void Set(string path, JsonNode? value)
    {
        string[] parts = path.Split('.');
        JsonNode place = _root;
        foreach (string part in parts[..^1])
            place = Step(place, part, path);
        if (place is JsonArray list)
            list[Index(list, parts[^1], path)] = value;
        else
            ((JsonObject)place)[parts[^1]] = value;
    }

    /// <summary>Takes a field away; nothing if it is not there.</summary>
    public void Remove(string path)
    {
        string[] parts = path.Split('.');
        JsonNode? place = _root;
        foreach (string part in parts[..^1])
            place = (place as JsonObject)?[part];
        (place as JsonObject)?.Remove(parts[^1]);
    }

    /// <summary>Whether a top-level field is there.</summary>
    public bool Has(string name) => _root[name] is not null;

    /// <summary>Reads it with the strict reader, which knows every field.</summary>
    public T Read<T>(Func<JsonFields, T> read)
    {
        using JsonDocument document = JsonDocument.Parse(_root.ToJsonString());
        return read(new JsonFields(document.RootElement, $"{Name}: "));
    }

    /// <summary>The configuration as it stands, as JSON.</summary>
    public override string ToString() => _root.ToJsonString();

    private static JsonNode Step(JsonNode place, string part, string path)
    {
        JsonNode? next = place switch
        {
            JsonArray list => list[Index(list, part, path)],
            JsonObject fields => fields[part] ??= new JsonObject(),
            _ => null,
        };
        return next is JsonArray or JsonObject
            ? next
            : throw new ConfigurationException(
                $"{path}: '{part}' is a value, not an object or a list, so nothing can be set in it."
            );
    }

    private static int Index(JsonArray list, string part, string path) =>
        int.TryParse(part, NumberStyles.None, CultureInfo.InvariantCulture, out int i) && i < list.Count
            ? i
            : throw new ConfigurationException(
                $"{path}: '{part}' is not an index of a list of {list.Count}, counted from 0."
            );

    private static string Where(JsonException e) =>
        e.LineNumber is { } line
            ? string.Create(CultureInfo.InvariantCulture, $", line {line + 1}, position {e.BytePositionInLine + 1}")
            : "";

    private static string Cause(JsonException e)
    {
        int tail = e.Message.IndexOf(" LineNumber:", StringComparison.Ordinal);
        return tail > 0 ? e.Message[..tail] : e.Message;
    }
}
