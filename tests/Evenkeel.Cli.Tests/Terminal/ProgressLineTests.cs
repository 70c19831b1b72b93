using Evenkeel.Cli.Terminal;

namespace Evenkeel.Cli.Tests.Terminal;

public sealed class ProgressLineTests
{
    // What the longest of the tool's work says: both networks of the first experiment, a recipe of the second, a training run.
    public static TheoryData<string, string, string, string> Works =>
        new()
        {
            { "12100/40000", "118 steps/s", "5m 20s left", "accuracy 89.3 % plain, 90.6 % BN" },
            { "160/420", "1.8 steps/s", "3m 19s left", "BN-x5-Sigmoid: test accuracy 10.1 %" },
            { "123456/1000000", "1234 steps/s", "11h 06m left", "loss 0.1234  accuracy 97.12%" },
        };

    [Theory]
    [MemberData(nameof(Works))]
    public void It_never_takes_more_than_the_terminal_has(string count, string rate, string left, string detail)
    {
        for (int width = 1; width < 240; width++)
        {
            ProgressLine line = ProgressLine.Fit("training", 0.3, count, rate, left, detail, width);
            Assert.InRange(line.Width, 1, width);
            if (width >= 60)
                Assert.Contains(count, line.Before + line.After, StringComparison.Ordinal);
        }
    }

    [Theory]
    [MemberData(nameof(Works))]
    public void A_hundred_columns_have_room_for_the_bar_and_everything_else(
        string count,
        string rate,
        string left,
        string detail
    )
    {
        ProgressLine line = ProgressLine.Fit("training", 0.3, count, rate, left, detail, 99);
        Assert.True(line.Filled + line.Empty >= 8, $"{line}");
        Assert.All([count, rate, left, detail], text => Assert.Contains(text, line.After, StringComparison.Ordinal));
    }

    [Theory]
    [MemberData(nameof(Works))]
    public void Eighty_columns_keep_the_bar_and_the_time_left(string count, string rate, string left, string detail)
    {
        ProgressLine line = ProgressLine.Fit("training", 0.5, count, rate, left, detail, 79);
        Assert.True(line.Filled + line.Empty >= 8, $"{line}");
        Assert.Contains(left, line.After, StringComparison.Ordinal);
        Assert.EndsWith(detail, line.After, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0, 0)]
    [InlineData(0.5, 15)]
    [InlineData(0.999, 29)]
    [InlineData(1, 30)]
    public void The_bar_is_filled_by_the_share_and_whole_only_at_the_end(double share, int filled)
    {
        ProgressLine line = ProgressLine.Fit("training", share, "1/2", "", "", "", 200);
        Assert.Equal((filled, 30), (line.Filled, line.Filled + line.Empty));
    }

    [Theory]
    [MemberData(nameof(Works))]
    public void A_curve_takes_the_room_that_nothing_else_needs(string count, string rate, string left, string detail)
    {
        for (int width = 1; width < 240; width++)
        {
            ProgressLine plain = ProgressLine.Fit("training", 0.3, count, rate, left, detail, width);
            ProgressLine line = ProgressLine.Fit("training", 0.3, count, rate, left, detail, width, "▇▅▃▂▁▁");
            Assert.InRange(line.Width, 1, width);
            bool curved = line.After.Contains('▇', StringComparison.Ordinal);
            Assert.Equal(
                plain.After,
                curved ? line.After.Replace("▇▅▃▂▁▁  ", "", StringComparison.Ordinal) : line.After
            );
            Assert.True(curved || width < 120, $"{width} cells have room for it");
        }
    }
}
