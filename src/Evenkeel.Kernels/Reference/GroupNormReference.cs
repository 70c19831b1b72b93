using Evenkeel.Kernels.Norm;

namespace Evenkeel.Kernels.Reference;

/// <summary>Normalisation within examples in double precision, straight from its definition.</summary>
public static class GroupNormReference
{
    /// <summary>[2, blocks, groups]: the means, then the inverse deviations.</summary>
    public static double[] Statistics(GroupNormShape shape, double epsilon, double[] x)
    {
        double[] statistics = new double[2 * (x.Length / shape.Count) * shape.Groups];
        foreach (IGrouping<int, int> group in Groups(shape, x.Length))
        {
            double mean = group.Average(i => x[i]),
                variance = group.Average(i => Math.Pow(x[i] - mean, 2));
            statistics[group.Key] = mean;
            statistics[(statistics.Length / 2) + group.Key] = 1 / Math.Sqrt(variance + epsilon);
        }

        return statistics;
    }

    /// <summary>The output.</summary>
    public static double[] Forward(
        GroupNormShape shape,
        double[] x,
        double[] statistics,
        double[] scale,
        double[] shift
    )
    {
        double[] y = new double[x.Length];
        foreach (IGrouping<int, int> group in Groups(shape, x.Length))
        {
            foreach (int i in group)
                y[i] =
                    (Normalized(x[i], statistics, group.Key) * scale[i % shape.Channels]) + shift[i % shape.Channels];
        }

        return y;
    }

    /// <summary>All gradients, by the statistics of the forward pass.</summary>
    public static (double[] DX, double[] DScale, double[] DShift) Backward(
        GroupNormShape shape,
        double[] x,
        double[] statistics,
        double[] scale,
        double[] dy
    )
    {
        double[] dx = new double[x.Length],
            dscale = new double[shape.Channels],
            dshift = new double[shape.Channels];
        foreach (IGrouping<int, int> group in Groups(shape, x.Length))
        {
            double normal(int i) => Normalized(x[i], statistics, group.Key);
            double scaled(int i) => dy[i] * scale[i % shape.Channels];
            double sum = group.Average(scaled),
                product = group.Average(i => scaled(i) * normal(i));
            foreach (int i in group)
            {
                dx[i] = (scaled(i) - sum - (normal(i) * product)) * statistics[(statistics.Length / 2) + group.Key];
                dscale[i % shape.Channels] += dy[i] * normal(i);
                dshift[i % shape.Channels] += dy[i];
            }
        }

        return (dx, dscale, dshift);
    }

    private static double Normalized(double x, double[] statistics, int group) =>
        (x - statistics[group]) * statistics[(statistics.Length / 2) + group];

    // The places of values that are normalised together.
    private static IEnumerable<IGrouping<int, int>> Groups(GroupNormShape shape, int length)
    {
        int width = shape.Channels / shape.Groups;
        return Enumerable
            .Range(0, length)
            .GroupBy(i => (i / shape.Count * shape.Groups) + (i % shape.Channels / width));
    }
}
