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
    public void A_row_has_as_many_cells_as_there_are_columns() =>
        Assert.Throws<ArgumentException>(() => new TextTable("one", "two").Row("1"));
}
