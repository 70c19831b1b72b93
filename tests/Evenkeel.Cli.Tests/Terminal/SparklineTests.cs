using Evenkeel.Cli.Terminal;

namespace Evenkeel.Cli.Tests.Terminal;

public sealed class SparklineTests
{
    [Theory]
    [InlineData(2)]
    [InlineData(16)]
    [InlineData(17)]
    [InlineData(1000)]
    [InlineData(123456)]
    public void A_falling_value_falls_from_the_highest_level_to_the_lowest(int count)
    {
        string text = Of(Enumerable.Range(0, count).Select(i => -(double)i));
        Assert.InRange(text.Length, 2, Sparkline.Cells);
        Assert.Equal('█', text[0]);
        Assert.Equal('▁', text[^1]);
        Assert.Equal(string.Concat(text.OrderDescending()), text);
    }

    [Fact]
    public void What_does_not_move_stays_at_the_bottom() => Assert.Equal("▁▁▁", Of([0.5, 0.5, 0.5]));

    [Fact]
    public void What_is_no_number_is_a_blank() => Assert.Equal("▁ █", Of([1, double.NaN, 2]));

    [Fact]
    public void There_is_none_of_one_value_or_of_none()
    {
        Assert.Equal("", Of([]));
        Assert.Equal("", Of([1]));
        Assert.Equal("", Of([double.NaN, double.NaN]));
    }

    private static string Of(IEnumerable<double> values)
    {
        var line = new Sparkline();
        foreach (double value in values)
            line.Add(value);
        return line.ToString();
    }
}
