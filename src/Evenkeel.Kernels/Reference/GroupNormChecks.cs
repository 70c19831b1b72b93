using Evenkeel.Kernels.Norm;
using Evenkeel.Kernels.Threading;

namespace Evenkeel.Kernels.Reference;

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
        GroupNorm.Forward(pool, shape, Epsilon, x, scale, shift, y, mean, inverse);
        GroupNorm.Backward(pool, shape, x, mean, inverse, scale, dy, dx, dscale, dshift);
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
