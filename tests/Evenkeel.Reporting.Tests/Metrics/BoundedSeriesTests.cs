using CsCheck;
using Evenkeel.Reporting.Metrics;

namespace Evenkeel.Reporting.Tests.Metrics;

public sealed class BoundedSeriesTests
{
    private static readonly Gen<double> Value = Gen.Frequency(
        (9, Gen.Double[-1000, 1000]),
        (1, Gen.OneOf(Gen.Const(double.NaN), Gen.Const(double.PositiveInfinity), Gen.Const(double.NegativeInfinity)))
    );

    [Fact]
    public void Points_are_means_and_extremes_of_values_in_a_row() =>
        Gen.Select(Value.Array[0, 400], Gen.Int[1, 16])
            .Sample(
                (values, half) =>
                {
                    var series = new BoundedSeries(2 * half);
                    for (int i = 0; i < values.Length; i++)
                        series.Add(i, values[i]);
                    Assert.InRange(series.Points.Count, 0, 2 * half);
                    int start = 0;
                    foreach (BoundedSeries.Point point in series.Points)
                    {
                        double[] part = values[start..(start + (int)point.Count)];
                        start += part.Length;
                        Assert.Equal(start - 1, point.Step);
                        RequireSummary(part, point);
                        Assert.Equal(part[^1], series.At(point.Step));
                    }

                    Assert.Equal(values.Length, start);
                    Assert.True(double.IsNaN(series.At(start)));
                }
            );

    [Fact]
    public void Extremes_are_kept_with_their_first_step() =>
        Value
            .Array[1, 300]
            .Sample(values =>
            {
                var series = new BoundedSeries(4);
                for (int i = 0; i < values.Length; i++)
                    series.Add(10 * i, values[i]);
                double[] finite = [.. values.Where(double.IsFinite)];
                if (finite.Length == 0)
                {
                    Assert.Null(series.Lowest);
                    return;
                }

                Assert.Equal((10 * Array.IndexOf(values, finite.Min()), finite.Min()), series.Lowest!.Value);
                Assert.Equal((10 * Array.IndexOf(values, finite.Max()), finite.Max()), series.Highest!.Value);
                Assert.Equal(values[^1], series.Last);
            });

    [Fact]
    public void A_short_course_is_kept_as_it_is()
    {
        var series = new BoundedSeries(8);
        for (int i = 0; i < 8; i++)
            series.Add(i, i * i);
        Assert.False(series.IsThinned);
        Assert.Equal([0, 1, 4, 9, 16, 25, 36, 49], series.Points.Select(p => p.Mean));
    }

    private static void RequireSummary(double[] part, BoundedSeries.Point point)
    {
        double[] finite = [.. part.Where(double.IsFinite)];
        Assert.Equal(finite.Length, point.Finite);
        if (finite.Length == 0)
        {
            Assert.True(double.IsNaN(point.Mean));
            return;
        }

        // A mean of means: a rounding error for each of up to nine mergers of values up to 1000.
        Assert.Equal(finite.Average(), point.Mean, 1e-11);
        Assert.Equal(finite.Min(), point.Low);
        Assert.Equal(finite.Max(), point.High);
    }
}
