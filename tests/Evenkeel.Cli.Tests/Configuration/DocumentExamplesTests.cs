using System.CommandLine;
using System.CommandLine.Parsing;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Evenkeel.Cli.Tests.Support;
using Evenkeel.Configuration;
using Evenkeel.Runs.Configuration;

namespace Evenkeel.Cli.Tests.Configuration;

/// <summary>Whatever a document shows, the tool reads: configurations, parts of them, command lines.</summary>
public sealed partial class DocumentExamplesTests
{
    // Objects of a configuration, for parts that are shown alone.
    private static readonly string[] Places =
    [
        "network",
        "network.init",
        "network.batchNorm",
        "data",
        "data.augment",
        "data.scaling",
        "loss",
        "optimizer",
        "learningRate",
        "scaleLearningRate",
    ];

    private static string[] Documents =>
        [
            Path.Combine(Repository.Root, "README.md"),
            .. Directory.GetFiles(Path.Combine(Repository.Root, "docs"), "*.md"),
            .. Directory.GetFiles(Path.Combine(Repository.Root, "configs"), "*.md"),
        ];

    [Fact]
    public void Blocks_of_JSON_are_configurations()
    {
        using var work = new Workspace();
        int count = 0;
        foreach (string document in Documents)
        {
            foreach (Match block in Block().Matches(File.ReadAllText(document)))
            {
                Shell.Run("plan", work.Write("example.json", block.Groups[1].Value)).Expect(0);
                count++;
            }
        }

        Assert.True(count >= 3, $"{count}");
    }

    [Fact]
    public void Objects_and_fields_within_the_text_are_read()
    {
        int objects = 0,
            fields = 0;
        foreach (
            string span in Documents
                .SelectMany(d => Spans(File.ReadAllText(d)))
                .Where(s => !s.Contains("...", StringComparison.Ordinal))
        )
        {
            if (span.StartsWith('{'))
            {
                JsonNode value = JsonNode.Parse(span)!;
                Assert.True(Places.Any(place => Reads(place, value)), span);
                objects++;
            }
            else if (Field().Match(span) is { Success: true } field)
            {
                JsonNode? value = JsonNode.Parse(field.Groups[2].Value);
                Assert.True(FieldSection.All.Values.Any(s => Reads(s, field.Groups[1].Value, value)), span);
                fields++;
            }
        }

        Assert.True(objects >= 10 && fields >= 5, $"{objects} objects, {fields} fields");
    }

    [Fact]
    public void Command_lines_have_verbs_and_options_that_exist()
    {
        int count = 0;
        foreach (string line in Documents.SelectMany(d => Commands(File.ReadAllText(d))))
        {
            // Brackets say that what is in them may be left out.
            string whole = line.Replace("[", "", StringComparison.Ordinal).Replace("]", "", StringComparison.Ordinal);
            ParseResult parse = Tool.Parse([.. CommandLineParser.SplitCommandLine(whole).Skip(1)]);
            Assert.True(parse.UnmatchedTokens.Count == 0, $"{line}: {string.Join(' ', parse.UnmatchedTokens)}");
            count++;
        }

        Assert.True(count >= 20, $"{count}");
    }

    private static IEnumerable<string> Spans(string text) => Code().Matches(text).Select(m => m.Groups[1].Value);

    private static IEnumerable<string> Commands(string text) =>
        Regex
            .Matches(text.Replace("\\\n", " ", StringComparison.Ordinal), "^ {4}(evenkeel .*)$", RegexOptions.Multiline)
            .Select(m => m.Groups[1].Value)
            .Concat(Spans(text).Where(s => s.StartsWith("evenkeel ", StringComparison.Ordinal)));

    private static bool Reads(string place, JsonNode value)
    {
        ConfigText text = ConfigText.Parse("""{"network": {"name": "mnist"}}""", "document", Path.GetTempPath());
        if (place.StartsWith("data.", StringComparison.Ordinal))
            text = ConfigText.Parse(
                """{"network": {"name": "vgg", "stages": [4]}, "data": {"type": "images"}}""",
                "document",
                Path.GetTempPath()
            );
        text.Set(place, value.DeepClone());
        return Reads(text);
    }

    private static bool Reads(FieldSection section, string field, JsonNode? value) =>
        section.Fields.Any(f => f.Name == field) && Accepts(() => section.Meaning(field, value));

    private static bool Reads(ConfigText text) => Accepts(() => RunConfigReader.Read(text));

    private static bool Accepts(Action read)
    {
        try
        {
            read();
            return true;
        }
        catch (ConfigurationException)
        {
            return false;
        }
    }

    [GeneratedRegex("```json\n(.*?)```", RegexOptions.Singleline)]
    private static partial Regex Block();

    [GeneratedRegex("(?<!`)`([^`\n]+)`(?!`)")]
    private static partial Regex Code();

    [GeneratedRegex("""^"(\w+)": (.+)$""")]
    private static partial Regex Field();
}
