using Evenkeel.Kernels.Elementwise;
using Evenkeel.Kernels.Threading;

namespace Evenkeel.Kernels.Reference;

/// <summary>Checks of sums on this machine.</summary>
internal static class SumChecks
{
    private const int Length = 20_001;

    /// <summary>All of them. A sum is rounded once: half an ulp.</summary>
    public static IEnumerable<KernelCheck> All => [new("Sum.Add", $"{Length}", pool => new(Add(pool), 0.5))];

    private static double Add(WorkerPool pool)
    {
        var random = new Random(1);
        float[] a = new float[Length];
        float[] b = new float[Length];
        float[] y = new float[Length];
        double[] expected = new double[Length];
        for (int i = 0; i < Length; i++)
        {
            a[i] = random.NextSingle() - 0.5f;
            b[i] = random.NextSingle() - 0.5f;
            expected[i] = (double)a[i] + b[i];
        }

        Sum.Add(pool, a, b, y);
        return UlpError.Largest(y, expected);
    }
}
