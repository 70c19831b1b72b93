using Evenkeel.Cli.Terminal;

namespace Evenkeel.Cli.Tests.Terminal;

public sealed class TextTableTests
{
    [Fact]
    public void Redirected_columns_are_aligned_and_numbers_flush_right()
    {
        using var writer = new StringWriter { NewLine = "\n" };
        new TextTable("name", "count", "note").Row("a", "5", "x").Row("longer", "1,234", "-").Write(writer);
        Assert.Equal("name    count  note\na           5  x\nlonger  1,234  -\n", writer.ToString());
    }

    [Fact]
    public void Cells_are_clean_before_they_are_measured()
    {
        using var writer = new StringWriter { NewLine = "\n" };
        new TextTable("name", "count").Row("a\u001b[2J\n", "5").Row(new string('x', 9000), "7").Write(writer);
        string[] lines = writer.ToString().TrimEnd('\n').Split('\n');
        Assert.Equal(3, lines.Length);
        Assert.StartsWith(@"a\u001b[2J\u000a ", lines[1], StringComparison.Ordinal);
        Assert.All(lines[1..], line => Assert.Equal(lines[0].Length, line.Length));
        Assert.InRange(lines[2].Length, 100, 600);
    }

    [Fact]
    public void A_row_has_as_many_cells_as_there_are_columns() =>
        Assert.Throws<ArgumentException>(() => new TextTable("one", "two").Row("1"));
}
