using System.Text.RegularExpressions;

namespace Evenkeel.Architecture.Tests;

public sealed partial class ReadmeTests
{
    private static string[] Documents =>
        [Path.Combine(Sources.Root, "README.md"), .. Directory.GetFiles(Path.Combine(Sources.Root, "docs"), "*.md")];

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
                string sample = File.ReadAllText(Path.Combine(Sources.Root, block.Groups[1].Value));
                Assert.Equal(sample.TrimEnd(), block.Groups[2].Value.TrimEnd());
            }
        }

        Assert.Contains("samples/MnistBatchNorm/Program.cs", shown);
        Assert.Contains("samples/RepairAndShip/Program.cs", shown);
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

    [GeneratedRegex("```csharp\n")]
    private static partial Regex CodeBlock();

    [GeneratedRegex("<!-- sample: (.*?) -->\n```csharp\n(.*?)```", RegexOptions.Singleline)]
    private static partial Regex Sample();

    [GeneratedRegex(@"\]\((?!https?:|#)([^)#]+)\)")]
    private static partial Regex Link();
}
