using System.Text.RegularExpressions;
using Evenkeel.Onnx.Operators;

namespace Evenkeel.Onnx.Tests;

/// <summary>The lists of operators in docs/onnx.md are those of the tables.</summary>
public sealed class DocumentedOperatorsTests
{
    [Fact]
    public void Every_operator_that_is_imported_is_documented_and_no_other() =>
        Assert.Equal(
            OperatorTable.Names.Append("If").Order(StringComparer.Ordinal),
            Rows()
                .SelectMany(row => Regex.Matches(row, "[A-Z][A-Za-z]+[0-9]?"))
                .Select(m => m.Value)
                .Order(StringComparer.Ordinal)
        );

    [Fact]
    public void Every_operator_that_is_computed_while_importing_is_documented_and_no_other()
    {
        string text = Text().ReplaceLineEndings(" ");
        string list = text[(text.IndexOf("by these operators:", StringComparison.Ordinal) + 19)..];
        Assert.Equal(
            ConstantFolding.Names.Order(StringComparer.Ordinal),
            list[..list.IndexOf('.', StringComparison.Ordinal)].Split(',', StringSplitOptions.TrimEntries)
        );
    }

    // The first column of the table of operators.
    private static IEnumerable<string> Rows() =>
        Text()
            .Split('\n')
            .SkipWhile(line => !line.StartsWith("| operators |", StringComparison.Ordinal))
            .Skip(2)
            .TakeWhile(line => line.StartsWith('|'))
            .Select(line => line.Split('|')[1]);

    private static string Text()
    {
        DirectoryInfo? folder = new(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "Evenkeel.slnx")))
            folder = folder.Parent;
        return File.ReadAllText(Path.Combine(folder!.FullName, "docs", "onnx.md"));
    }
}
