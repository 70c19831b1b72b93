using Evenkeel.Kernels.Elementwise;
using Evenkeel.Kernels.Threading;

namespace Evenkeel.Kernels.Reference;

/// <summary>Dropout on this machine: registers must draw what single elements draw.</summary>
internal static class DropoutChecks
{
    private const int Length = 20_001;
    private const float Rate = 0.4f;
    private const ulong Seed = 42;
    private const ulong Counter = 7;

    /// <summary>A product is rounded once, and so is its factor, where the reference does not.</summary>
    public static IEnumerable<KernelCheck> All => [new("Dropout", $"{Length}", pool => new(Error(pool), 2))];

    private static double Error(WorkerPool pool)
    {
        float[] x = CheckValues.Uniform(Length, 1);
        float[] y = new float[Length];
        double[] expected = new double[Length];
        var mask = new DropoutMask(Rate, Seed, Counter);
        for (int i = 0; i < Length; i++)
        {
            ulong keys = mask.Keys(i / DropoutMask.BlockElements);
            expected[i] = mask.Keeps(keys, i % DropoutMask.BlockElements) ? x[i] / (1.0 - Rate) : 0;
        }

        Dropout.Forward(pool, Rate, Seed, Counter, x, y);
        return UlpError.Largest(y, expected);
    }
}
