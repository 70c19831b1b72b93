using System.Text.RegularExpressions;

namespace Evenkeel.Architecture.Tests;

public sealed partial class ReadmeTests
{
    private static readonly string Readme = File.ReadAllText(Path.Combine(Sources.Root, "README.md"));

    [Fact]
    public void The_code_in_it_is_the_sample_that_is_compiled()
    {
        string sample = File.ReadAllText(Path.Combine(Sources.Root, "samples", "MnistBatchNorm", "Program.cs"));
        Match block = CodeBlock().Match(Readme);
        Assert.True(block.Success, "README.md has no C# sample.");
        Assert.Equal(sample.TrimEnd(), block.Groups[1].Value.TrimEnd());
    }

    [Fact]
    public void Files_that_documents_link_to_exist()
    {
        string[] documents =
        [
            Path.Combine(Sources.Root, "README.md"),
            .. Directory.GetFiles(Path.Combine(Sources.Root, "docs"), "*.md"),
        ];
        foreach (string document in documents)
        {
            foreach (Match link in Link().Matches(File.ReadAllText(document)))
            {
                string target = Path.Combine(Path.GetDirectoryName(document)!, link.Groups[1].Value);
                Assert.True(Path.Exists(target), $"{document} links to {link.Groups[1].Value}, which does not exist.");
            }
        }
    }

    [GeneratedRegex("```csharp\n(.*?)```", RegexOptions.Singleline)]
    private static partial Regex CodeBlock();

    [GeneratedRegex(@"\]\((?!https?:|#)([^)#]+)\)")]
    private static partial Regex Link();
}
