using Evenkeel.Cli.Tests.Support;
using Evenkeel.Runs;
using Evenkeel.Runs.Configuration;

namespace Evenkeel.Cli.Tests.Configuration;

/// <summary>docs/configuration.md says what the tool does.</summary>
public sealed class ConfigurationPageTests
{
    private static readonly string Page = File.ReadAllText(Path.Combine(Repository.Root, "docs", "configuration.md"));

    [Fact]
    public void It_names_every_field_and_every_default()
    {
        RunConfig config = Read("""{"network": {"name": "mnist"}}""");
        foreach ((string field, System.Text.Json.Nodes.JsonNode? value) in RunConfigWriter.Write(config))
        {
            string row = Assert.Single(
                Page.Split('\n'),
                line => line.StartsWith($"| `{field}` |", StringComparison.Ordinal)
            );
            if (value is System.Text.Json.Nodes.JsonValue && field != "threads")
                Assert.Contains(
                    $"| {value.ToJsonString()} |",
                    row.Replace("`", "", StringComparison.Ordinal),
                    StringComparison.Ordinal
                );
        }
    }

    [Fact]
    public void An_unknown_field_is_answered_with_fields_that_the_page_names()
    {
        using var work = new Workspace();
        string line = Shell.Run("train", work.Config, "--set", "x=1").Expect(2).ErrorLine;
        string[] known = line[(line.IndexOf("known here: ", StringComparison.Ordinal) + 12)..].TrimEnd('.').Split(", ");
        Assert.True(known.Length > 15, line);
        Assert.All(known, field => Assert.Contains($"| `{field}` |", Page, StringComparison.Ordinal));
    }

    [Fact]
    public void A_written_configuration_reads_back_as_it_was()
    {
        RunConfig config = Read(Workspace.Small);
        string text = RunConfigWriter.Write(config).ToJsonString();
        Assert.Equal(text, RunConfigWriter.Write(Read(text)).ToJsonString());
    }

    private static RunConfig Read(string json) =>
        RunConfigReader.Read(ConfigText.Parse(json, "test", Path.GetTempPath()));
}
