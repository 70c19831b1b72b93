using Evenkeel.Kernels.Elementwise;
using Evenkeel.Kernels.Threading;

namespace Evenkeel.Kernels.Reference;

/// <summary>Gradients through an activation and its bias on this machine.</summary>
internal static class ActivationBiasChecks
{
    // Runs of 64 values below 1 in single precision, relative to sums of at least 1.
    private const double Tolerance = 4e-6;

    /// <summary>All of them.</summary>
    public static IEnumerable<KernelCheck> All =>
        new[] { (60, 100), (5000, 33), (30_000, 16) }.Select(s => new KernelCheck(
            "ActivationBias.Backward+Relu",
            $"{s.Item1}x{s.Item2}",
            pool => new KernelCheckResult(Error(pool, s.Item1, s.Item2), Tolerance)
        ));

    private static double Error(WorkerPool pool, int rows, int channels)
    {
        float[] y = CheckValues.Uniform(rows * channels, 1);
        float[] dy = CheckValues.Uniform(rows * channels, 2);
        float[] dz = new float[y.Length];
        float[] db = new float[channels];
        ActivationBias.Backward(pool, default(Relu), rows, channels, new(y, channels), new(dy, channels), dz, db);
        double[] expected = [.. dy.Select((v, i) => y[i] > 0 ? (double)v : 0)];
        double[] sums = BiasGradientReference.Sums(channels, expected);
        return Math.Max(BatchNormCase.Error(dz, expected), BatchNormCase.Error(db, sums));
    }
}
