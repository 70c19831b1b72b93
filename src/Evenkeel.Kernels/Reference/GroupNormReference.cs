using Evenkeel.Kernels.Norm;
using Evenkeel.Kernels.Threading;

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

/// <summary>Checks of normalisation within examples on this machine.</summary>
internal static class GroupNormChecks
{
    private const int Blocks = 5;
    private const float Epsilon = 1e-5f;

    // Normalised values and gradients below 10, a few roundings each.
    private const double Tolerance = 1e-5;

    /// <summary>All of them.</summary>
    public static IEnumerable<KernelCheck> All =>
        [
            Of("layer", new GroupNormShape(1, 771, 1)),
            Of("group", new GroupNormShape(49, 60, 6)),
            Of("instance", new GroupNormShape(50, 33, 33)),
        ];

    private static KernelCheck Of(string kind, GroupNormShape shape) =>
        new($"GroupNorm {kind}", $"{shape.Positions}x{shape.Channels}", pool => new(Error(pool, shape), Tolerance));

    private static double Error(WorkerPool pool, GroupNormShape shape)
    {
        float[] x = CheckValues.Uniform((long)Blocks * shape.Count, 1),
            dy = CheckValues.Uniform(x.Length, 2),
            scale = CheckValues.Uniform(shape.Channels, 3),
            shift = CheckValues.Uniform(shape.Channels, 4),
            y = new float[x.Length],
            dx = new float[x.Length],
            dscale = new float[shape.Channels],
            dshift = new float[shape.Channels];
        double[] mean = new double[Blocks * shape.Groups],
            inverse = new double[mean.Length];
        GroupNorm.Forward(pool, shape, new(scale, shift, Epsilon), x, y, mean, inverse);
        GroupNorm.Backward(pool, shape, x, mean, inverse, scale, dy, new(dx, dscale, dshift));
        double[] wide = BatchNormCase.Doubles(x),
            scales = BatchNormCase.Doubles(scale);
        var forward = GroupNormReference.Forward(shape, Epsilon, wide, scales, BatchNormCase.Doubles(shift));
        var backward = GroupNormReference.Backward(
            shape,
            wide,
            forward.Mean,
            forward.Inverse,
            scales,
            BatchNormCase.Doubles(dy)
        );
        return new[]
        {
            Largest(forward.Y, y),
            Largest(backward.DX, dx),
            Largest(backward.DScale, dscale),
            Largest(backward.DShift, dshift),
        }.Max();
    }

    private static double Largest(double[] expected, float[] found) =>
        expected.Zip(found, (e, f) => Math.Abs(e - f)).Max();
}
