using Evenkeel.Reporting.Charts;

namespace Evenkeel.Reporting.Tests.Charts;

public sealed class TicksTests
{
    [Theory]
    [InlineData(0, 50_000, "0 10K 20K 30K 40K 50K")]
    [InlineData(0.7, 1, "0.7 0.8 0.9 1")]
    [InlineData(-4, 4, "-4 -2 0 2 4")]
    [InlineData(-0.3, 0.3, "-0.2 0 0.2")]
    [InlineData(0, 39, "0 10 20 30")]
    [InlineData(0.982, 0.9835, "0.982 0.9825 0.983 0.9835")]
    [InlineData(1e-9, 5e-9, "1e-9 2e-9 3e-9 4e-9 5e-9")]
    [InlineData(0, 2_500_000, "0 500K 1M 1.5M 2M 2.5M")]
    [InlineData(1e6, 1.00001e6, "1M 1.000002M 1.000004M 1.000006M 1.000008M 1.00001M")]
    public void Linear_marks_are_round(double low, double high, string expected) =>
        Assert.Equal(expected, string.Join(' ', Ticks.Text(Ticks.Linear(low, high, 5))));

    [Theory]
    [InlineData(0.01, 10, "0.01 0.1 1 10")]
    [InlineData(10, 50_000, "10 100 1K 10K")]
    [InlineData(2, 30, "2 5 10 20")]
    [InlineData(1, 5, "1 2 3 4 5")]
    [InlineData(2.2, 2.8, "2.2 2.4 2.6 2.8")]
    [InlineData(1e-12, 1e12, "1e-12 1e-7 0.01 1K 100M")]
    public void Logarithmic_marks_are_powers_where_there_are_enough(double low, double high, string expected) =>
        Assert.Equal(expected, string.Join(' ', Ticks.Text(Ticks.Logarithmic(low, high, 5))));

    [Theory]
    [InlineData(0, "0")]
    [InlineData(-12_500, "-12.5K")]
    [InlineData(999.99, "999.99")]
    [InlineData(0.1 + 0.2, "0.3")]
    [InlineData(0.0001, "0.0001")]
    [InlineData(0.00001, "1e-5")]
    [InlineData(3.5e9, "3.5G")]
    [InlineData(1e15, "1e15")]
    [InlineData(double.NaN, "NaN")]
    public void Numbers_read_well(double value, string expected) => Assert.Equal(expected, NumberText.Short(value));
}
