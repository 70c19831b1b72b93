using Evenkeel.Kernels.Norm;

namespace Evenkeel.Kernels.Reference;

/// <summary>Normalisation within examples in double precision, straight from its definition.</summary>
public static class GroupNormReference
{
    /// <summary>The output, and the mean and the inverse deviation of each block and group.</summary>
    public static (double[] Y, double[] Mean, double[] Inverse) Forward(
        GroupNormShape shape,
        double epsilon,
        double[] x,
        double[] scale,
        double[] shift
    )
    {
        double[] y = new double[x.Length],
            mean = new double[x.Length / shape.Count * shape.Groups],
            inverse = new double[mean.Length];
        foreach (IGrouping<int, int> group in Groups(shape, x.Length))
        {
            int g = group.Key;
            mean[g] = group.Average(i => x[i]);
            inverse[g] = 1 / Math.Sqrt(group.Average(i => Math.Pow(x[i] - mean[g], 2)) + epsilon);
            foreach (int i in group)
                y[i] = ((x[i] - mean[g]) * inverse[g] * scale[i % shape.Channels]) + shift[i % shape.Channels];
        }

        return (y, mean, inverse);
    }

    /// <summary>All gradients, by the statistics of the forward pass.</summary>
    public static (double[] DX, double[] DScale, double[] DShift) Backward(
        GroupNormShape shape,
        double[] x,
        double[] mean,
        double[] inverse,
        double[] scale,
        double[] dy
    )
    {
        double[] dx = new double[x.Length],
            dscale = new double[shape.Channels],
            dshift = new double[shape.Channels];
        foreach (IGrouping<int, int> group in Groups(shape, x.Length))
        {
            double normal(int i) => (x[i] - mean[group.Key]) * inverse[group.Key];
            double scaled(int i) => dy[i] * scale[i % shape.Channels];
            double sum = group.Average(scaled),
                product = group.Average(i => scaled(i) * normal(i));
            foreach (int i in group)
            {
                dx[i] = (scaled(i) - sum - (normal(i) * product)) * inverse[group.Key];
                dscale[i % shape.Channels] += dy[i] * normal(i);
                dshift[i % shape.Channels] += dy[i];
            }
        }

        return (dx, dscale, dshift);
    }

    // The places of values that are normalised together.
    private static IEnumerable<IGrouping<int, int>> Groups(GroupNormShape shape, int length)
    {
        int width = shape.Channels / shape.Groups;
        return Enumerable
            .Range(0, length)
            .GroupBy(i => (i / shape.Count * shape.Groups) + (i % shape.Channels / width));
    }
}
