using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Evenkeel.Cli.Tests.Support;
using Evenkeel.Configuration;
using Evenkeel.Runs.Configuration;
using Json.Schema;

namespace Evenkeel.Cli.Tests.Configuration.Schema;

/// <summary>docs/configuration.schema.json says what the readers do.</summary>
public sealed partial class ConfigurationSchemaTests
{
    private static readonly string SchemaFile = Path.Combine(Repository.Root, "docs", "configuration.schema.json");
    private static readonly JsonSchema Schema = JsonSchema.FromText(File.ReadAllText(SchemaFile));

    // Shapes have 20 classes; other images may have more.
    private const string OfAnotherField = "data.classes = 21";

    public static TheoryData<string> Sections => [.. FieldSection.All.Keys];

    [Fact]
    public void It_is_made_of_what_the_readers_ask_for()
    {
        string made = Path.Combine(AppContext.BaseDirectory, Path.GetFileName(SchemaFile));
        File.WriteAllText(made, SchemaText.Write());
        Assert.True(
            File.ReadAllText(made) == File.ReadAllText(SchemaFile),
            $"The readers changed; take the new schema: cp '{made}' '{SchemaFile}'"
        );
    }

    [Fact]
    public void It_is_a_schema_of_draft_2020_12()
    {
        JsonElement schema = JsonDocument.Parse(File.ReadAllText(SchemaFile)).RootElement;
        Assert.True(MetaSchemas.Draft202012.Evaluate(schema).IsValid);
    }

    [Fact]
    public void It_has_every_layer()
    {
        FieldSection layer = FieldSection.All["activations without fields"];
        string message = Refusal(layer.With("type", "squash"))!;
        string[] known = message[(message.IndexOf("known: ", StringComparison.Ordinal) + 7)..].TrimEnd('.').Split(", ");
        Assert.Equal(known.Order(), AskedObjects.All.Where(o => o.Definition == "layer").Select(o => o.Word).Order());
    }

    [Theory]
    [MemberData(nameof(Sections))]
    public void What_the_readers_accept_is_valid(string name) =>
        Assert.All(FieldSection.All[name].Accepted(), make => Assert.True(IsValid(make()), make().ToString()));

    [Theory]
    [MemberData(nameof(Sections))]
    public void What_the_readers_refuse_for_its_form_is_not(string name)
    {
        FieldSection section = FieldSection.All[name];
        Assert.False(IsValid(section.With("~", 0)), "an unknown field");
        foreach ((string field, JsonObject values) in section.Fields)
        {
            foreach (JsonNode? value in values["refuses"]!.AsArray())
            {
                ConfigText text = section.With(field, value);
                if (Form().IsMatch(Refusal(text)!) && $"{section.PathOf(field)} = {value}" != OfAnotherField)
                    Assert.False(IsValid(text), $"{section.PathOf(field)} = {value}: {Refusal(text)}");
            }
        }
    }

    [Fact]
    public void Recipes_are_valid() =>
        Assert.All(
            Directory.GetFiles(Path.Combine(Repository.Root, "configs"), "*.json"),
            file => Assert.True(IsValid(ConfigText.Load(file)), file)
        );

    [Fact]
    public void What_a_run_writes_is_valid() =>
        Assert.All(
            FieldSection.All.Values.SelectMany(s => s.Accepted()),
            make =>
            {
                string written = RunConfigWriter.Write(RunConfigReader.Read(make())).ToJsonString();
                Assert.True(IsValid(ConfigText.Parse(written, "test", "")), written);
            }
        );

    [Fact]
    public void The_tool_writes_it()
    {
        using var work = new Workspace();
        string text = File.ReadAllText(SchemaFile);
        Assert.Equal(text, Shell.Run("schema").Expect(0).Out);
        string copy = work.File("evenkeel.schema.json");
        Shell.Run("schema", "--out", copy).Expect(0);
        Assert.Equal(text, File.ReadAllText(copy));
    }

    private static bool IsValid(ConfigText text) =>
        Schema.Evaluate(JsonDocument.Parse(text.ToString()).RootElement).IsValid;

    private static string? Refusal(ConfigText text)
    {
        try
        {
            RunConfigReader.Read(text);
            return null;
        }
        catch (ConfigurationException e)
        {
            return e.Message;
        }
    }

    // What concerns one field alone; how fields and layers fit together no schema says.
    [GeneratedRegex(
        @": expected (a|an|text|true or false)\b|is not one of| is outside -?\d+ (to|and) |: unknown field|the field is missing"
    )]
    private static partial Regex Form();
}
