using System.Text.RegularExpressions;

namespace Evenkeel.Architecture.Tests;

public sealed partial class ReadmeTests
{
    private static string[] Documents =>
        [
            Path.Combine(Sources.Root, "README.md"),
            Path.Combine(Sources.Root, "src", "Evenkeel.Runs", "README.md"),
            .. Directory.GetFiles(Path.Combine(Sources.Root, "docs"), "*.md"),
        ];

    [Fact]
    public void Code_in_documents_is_that_of_samples_which_are_compiled()
    {
        var shown = new List<string>();
        foreach (string document in Documents)
        {
            string text = File.ReadAllText(document);
            MatchCollection blocks = Sample().Matches(text);
            Assert.True(CodeBlock().Count(text) == blocks.Count, $"{document} has C# that is no sample.");
            foreach (Match block in blocks)
            {
                shown.Add(block.Groups[1].Value);
                string[] sample = File.ReadAllLines(Path.Combine(Sources.Root, block.Groups[1].Value));
                // Lines that name projects or packages stand in the file alone.
                IEnumerable<string> code = sample.Where(l => !l.StartsWith("#:", StringComparison.Ordinal));
                Assert.Equal(string.Join('\n', code).TrimEnd(), block.Groups[2].Value.TrimEnd());
            }
        }

        Assert.Contains("samples/train.cs", shown);
        Assert.Contains("samples/repair.cs", shown);
    }

    [Fact]
    public void The_page_on_samples_lists_each()
    {
        IEnumerable<string> listed = SampleLink()
            .Matches(Sources.Text("docs/samples.md"))
            .Select(link => $"samples/{link.Groups[1].Value}");
        Assert.Equal(
            Sources.Files("samples", ".cs").Order(StringComparer.Ordinal),
            listed.Order(StringComparer.Ordinal)
        );
    }

    [Fact]
    public void The_index_lists_each_page()
    {
        string index = Sources.Text("docs/README.md");
        IEnumerable<string> unlisted = Directory
            .GetFiles(Path.Combine(Sources.Root, "docs"), "*.md")
            .Select(page => Path.GetFileName(page))
            .Where(page => page != "README.md" && !index.Contains($"]({page})", StringComparison.Ordinal));
        Assert.Empty(unlisted);
    }

    [Fact]
    public void Files_that_documents_link_to_exist()
    {
        foreach (string document in Documents)
        {
            foreach (Match link in Link().Matches(File.ReadAllText(document)))
            {
                string target = Path.Combine(Path.GetDirectoryName(document)!, link.Groups[1].Value);
                Assert.True(Path.Exists(target), $"{document} links to {link.Groups[1].Value}, which does not exist.");
            }
        }
    }

    [Fact]
    public void Types_that_documents_name_exist()
    {
        HashSet<string> words =
        [
            .. Sources
                .CSharp()
                .SelectMany(file => Word().Matches($"{file} {Sources.Text(file)}").Select(word => word.Value)),
        ];
        IEnumerable<string> unknown =
            from document in Documents
            from Match name in TypeName().Matches(File.ReadAllText(document))
            where !words.Contains(name.Groups[1].Value)
            select $"{Path.GetFileName(document)}: {name.Groups[1].Value}";
        Assert.Empty(unknown.Distinct());
    }

    [Fact]
    public void The_page_on_plans_lists_the_rules_in_their_order()
    {
        IEnumerable<string> rules = NewRule()
            .Matches(Sources.Text("src/Evenkeel/Rewrites/RuleSet.cs"))
            .Select(rule => RuleName().Match(Sources.Text($"src/Evenkeel/Rewrites/{rule.Groups[1].Value}.cs")))
            .Select(name => name.Groups[1].Value);
        IEnumerable<string> rows = Sources
            .Lines("docs/plans.md")
            .Where(line => line.StartsWith("| `", StringComparison.Ordinal))
            .Select(line => line.Split('`')[1]);
        Assert.Equal(rules, rows);
    }

    [GeneratedRegex(@"\w+")]
    private static partial Regex Word();

    // Two humps at least: a word with one capital may be a value or a verb's option.
    [GeneratedRegex("`([A-Z][a-z0-9]+[A-Z][A-Za-z0-9]*)`")]
    private static partial Regex TypeName();

    [GeneratedRegex(@"new (\w+)\(\)")]
    private static partial Regex NewRule();

    [GeneratedRegex("RewriteRule\\(\"(.*)\"\\)")]
    private static partial Regex RuleName();

    [GeneratedRegex("```csharp\n")]
    private static partial Regex CodeBlock();

    [GeneratedRegex("<!-- sample: (.*?) -->\n```csharp\n(.*?)```", RegexOptions.Singleline)]
    private static partial Regex Sample();

    [GeneratedRegex(@"^\| \[.*\]\(\.\./samples/(.*)\) \|", RegexOptions.Multiline)]
    private static partial Regex SampleLink();

    [GeneratedRegex(@"\]\((?!https?:|#)([^)#]+)\)")]
    private static partial Regex Link();
}
