using Evenkeel.Kernels.Norm;
using Evenkeel.Kernels.Threading;

namespace Evenkeel.Kernels.Reference;

/// <summary>Local response normalisation on this machine.</summary>
internal static class LocalResponseNormChecks
{
    private const int Rows = 50;
    private const float Alpha = 0.8f;

    // A few squares, two roots (or a power) and a division: about ten roundings of 6e-8 of values of about 1.
    private const double Tolerance = 2e-6;

    /// <summary>The exponent with a fast path, another, an even window and a row that fills no register.</summary>
    public static IEnumerable<KernelCheck> All =>
        [Of(64, 5, 0.75f), Of(97, 4, 0.75f), Of(97, 5, 0.6f), Of(3, 5, 0.75f)];

    private static KernelCheck Of(int channels, int size, float beta) =>
        new(
            $"LocalResponseNorm {size}, beta {beta}",
            $"{Rows}x{channels}",
            pool => new KernelCheckResult(Error(pool, channels, size, beta), Tolerance)
        );

    private static double Error(WorkerPool pool, int channels, int size, float beta)
    {
        float[] x = CheckValues.Uniform(Rows * channels, 1);
        float[] dy = CheckValues.Uniform(x.Length, 2);
        float[] y = new float[x.Length];
        float[] dx = new float[x.Length];
        LocalResponseNorm.Forward(pool, Rows, channels, size, Alpha, beta, 1, x, y);
        LocalResponseNorm.Backward(pool, Rows, channels, size, Alpha, beta, 1, x, y, dy, dx);
        return Math.Max(
            BatchNormCase.Error(y, LocalResponseNormReference.Forward(channels, size, Alpha, beta, 1, x)),
            BatchNormCase.Error(dx, LocalResponseNormReference.Backward(channels, size, Alpha, beta, 1, x, dy))
        );
    }
}
