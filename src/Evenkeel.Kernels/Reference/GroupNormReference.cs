using Evenkeel.Kernels.Norm;
using Evenkeel.Kernels.Threading;

namespace Evenkeel.Kernels.Reference;

/// <summary>Normalisation within examples in double precision, straight from its definition.</summary>
internal sealed class GroupNormReference
{
    /// <summary>Computes the output and all gradients.</summary>
    public GroupNormReference(GroupNormShape shape, double epsilon, float[] x, float[] scale, float[] shift, float[] dy)
    {
        (Y, DX) = (new double[x.Length], new double[x.Length]);
        (DScale, DShift) = (new double[shape.Channels], new double[shape.Channels]);
        int width = shape.Channels / shape.Groups;
        IEnumerable<IGrouping<int, int>> together = Enumerable
            .Range(0, x.Length)
            .GroupBy(i => (i / shape.Count * shape.Groups) + (i % shape.Channels / width));
        foreach (IGrouping<int, int> group in together)
        {
            double mean = group.Average(i => (double)x[i]),
                deviation = Math.Sqrt(group.Average(i => Math.Pow(x[i] - mean, 2)) + epsilon);
            double normal(int i) => (x[i] - mean) / deviation;
            double scaled(int i) => (double)dy[i] * scale[i % shape.Channels];
            double sum = group.Average(scaled),
                product = group.Average(i => scaled(i) * normal(i));
            foreach (int i in group)
            {
                int c = i % shape.Channels;
                Y[i] = (normal(i) * scale[c]) + shift[c];
                DX[i] = (scaled(i) - sum - (normal(i) * product)) / deviation;
                DScale[c] += dy[i] * normal(i);
                DShift[c] += dy[i];
            }
        }
    }

    public double[] Y { get; }

    public double[] DX { get; }

    public double[] DScale { get; }

    public double[] DShift { get; }
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
        var expected = new GroupNormReference(shape, Epsilon, x, scale, shift, dy);
        return new[]
        {
            Largest(expected.Y, y),
            Largest(expected.DX, dx),
            Largest(expected.DScale, dscale),
            Largest(expected.DShift, dshift),
        }.Max();
    }

    private static double Largest(double[] expected, float[] found) =>
        expected.Zip(found, (e, f) => Math.Abs(e - f)).Max();
}
