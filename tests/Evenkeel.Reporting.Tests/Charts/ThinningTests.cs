using Evenkeel.Reporting.Charts;

namespace Evenkeel.Reporting.Tests.Charts;

public sealed class ThinningTests
{
    [Fact]
    public void Keeps_the_first_lowest_highest_and_last_of_each_column()
    {
        double[] values =
        [
            5,
            1,
            3,
            9,
            4, /* next column */
            2,
            2, /* next */
            8,
        ];
        int[] columns = [0, 0, 0, 0, 0, 1, 1, 2];
        List<int> kept = Thinning.Keep(0, values.Length, i => columns[i], i => values[i], i => values[i]);
        Assert.Equal([0, 1, 3, 4, 5, 6, 7], kept);
    }

    [Fact]
    public void A_million_points_keep_their_one_peak()
    {
        double[] values = new double[1_000_000];
        values[654_321] = 1;
        List<int> kept = Thinning.Keep(0, values.Length, i => i / 3000, i => values[i], i => values[i]);
        Assert.Contains(654_321, kept);
        Assert.InRange(kept.Count, 300, 4 * 334);
        Assert.Equal(kept.Order().Distinct(), kept);
    }

    [Fact]
    public void Segments_end_at_gaps()
    {
        double[] values = [double.NaN, 1, 2, double.NaN, double.NaN, 3, double.NaN, 4];
        var segments = Thinning.Segments(values.Length, i => !double.IsNaN(values[i]));
        Assert.Equal([(1, 3), (5, 6), (7, 8)], segments);
        Assert.Empty(Thinning.Segments(0, _ => true));
    }
}
