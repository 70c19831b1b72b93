using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace Evenkeel.Cli.Tests.Support;

/// <summary>docs/configuration.md by fields.</summary>
internal static partial class ConfigurationPage
{
    public static string[] Lines { get; } =
        File.ReadAllLines(Path.Combine(Repository.Root, "docs", "configuration.md"));

    /// <summary>The line that says what a field is.</summary>
    public static string LineOf(FieldSection section, string field, JsonObject values)
    {
        int first = Array.FindIndex(Lines, l => l.StartsWith(section.Page, StringComparison.Ordinal));
        Assert.True(first >= 0, $"'{section.Page}' is not on the page.");
        string line = Plain(Lines[first]);
        // A field that chooses between rows is said by the words in them.
        if (
            Regex.IsMatch(line, $@"(?<!\w){Regex.Escape(field)}(?!\w)")
            || values["accepts"]!.AsArray().All(v => line.Contains(Plain(v!.ToJsonString()), StringComparison.Ordinal))
        )
            return Lines[first];
        return Lines.Skip(first + 1).FirstOrDefault(l => l.StartsWith($"| `{field}` |", StringComparison.Ordinal))
            ?? throw new InvalidOperationException($"'{field}' is not below '{section.Page}'.");
    }

    /// <summary>What the page says of a field: the last cell of its row, the longest of a row of several, elsewhere the paragraph.</summary>
    public static string Description(FieldSection section, string field, JsonObject values)
    {
        string line = LineOf(section, field, values);
        string said = line.StartsWith('|')
            ? Cell(line, field)
            : string.Join(' ', Lines.SkipWhile(l => l != line).TakeWhile(l => l.Length > 0));
        return Link().Replace(Plain(said).Replace(", see below", "", StringComparison.Ordinal).Trim(), "$1");
    }

    private static string Cell(string row, string field)
    {
        string[] cells = row.Split('|')[2..^1];
        return row.StartsWith($"| `{field}` |", StringComparison.Ordinal) ? cells[^1] : cells.MaxBy(c => c.Length)!;
    }

    /// <summary>Text without the signs of code.</summary>
    public static string Plain(string text) =>
        text.Replace("`", "", StringComparison.Ordinal).Replace("\"", "", StringComparison.Ordinal);

    [GeneratedRegex(@"\[([^\]]+)\]\([^)]+\)")]
    private static partial Regex Link();
}
