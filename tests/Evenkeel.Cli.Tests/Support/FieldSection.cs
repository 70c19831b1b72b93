using System.Text.Json.Nodes;
using Evenkeel.Runs.Configuration;

namespace Evenkeel.Cli.Tests.Support;

/// <summary>A section of docs/configuration-values.json: the fields of one object of a configuration and their values.</summary>
internal sealed class FieldSection
{
    private readonly JsonObject _root;

    private FieldSection(JsonObject root) => _root = root;

    /// <summary>Names of all sections.</summary>
    public static IReadOnlyDictionary<string, FieldSection> All { get; } =
        JsonNode.Parse(File.ReadAllText(Path.Combine(Repository.Root, "docs", "configuration-values.json")))![
            "sections"
        ]!
            .AsArray()
            .ToDictionary(s => (string)s!["name"]!, s => new FieldSection(s!.AsObject()));

    /// <summary>The heading or the beginning of the line of the page that documents the fields.</summary>
    public string Page => (string)_root["page"]!;

    /// <summary>Path of the object that has the fields; empty for the configuration itself.</summary>
    public string At => (string)_root["at"]!;

    /// <summary>Fields of the same object that other sections have.</summary>
    public IEnumerable<string> Elsewhere => _root["elsewhere"]!.AsArray().Select(e => (string)e!);

    /// <summary>Fields and what is said of them.</summary>
    public IEnumerable<(string Name, JsonObject Values)> Fields =>
        _root["fields"]!.AsObject().Select(f => (f.Key, f.Value!.AsObject()));

    /// <summary>Path of a field.</summary>
    public string PathOf(string field) => At.Length == 0 ? field : $"{At}.{field}";

    /// <summary>The base with one field set; a null takes it away.</summary>
    public ConfigText With(string field, JsonNode? value)
    {
        ConfigText text = Base();
        text.Set(PathOf(field), value?.DeepClone());
        return text;
    }

    /// <summary>What the readers make of the base with one field set.</summary>
    public string Meaning(string field, JsonNode? value) =>
        RunConfigWriter.Write(RunConfigReader.Read(With(field, value))).ToJsonString();

    /// <summary>The base, and it with each value that is accepted.</summary>
    public IEnumerable<Func<ConfigText>> Accepted() =>
        Fields
            .SelectMany(f => AcceptedOf(f.Values), (f, value) => (Func<ConfigText>)(() => With(f.Name, value)))
            .Prepend(Base);

    /// <summary>The configuration that the fields belong to.</summary>
    public ConfigText Base() => ConfigText.Parse(_root["base"]!.ToJsonString(), "test", Path.GetTempPath());

    private static IEnumerable<JsonNode> AcceptedOf(JsonObject values) =>
        values["accepts"]!
            .AsArray()
            .Concat(values["same"]?.AsArray().SelectMany(group => group!.AsArray()) ?? [])
            .OfType<JsonNode>();
}
