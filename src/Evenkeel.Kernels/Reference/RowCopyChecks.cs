using Evenkeel.Kernels.Elementwise;
using Evenkeel.Kernels.Threading;

namespace Evenkeel.Kernels.Reference;

/// <summary>Copies into slices on this machine.</summary>
internal static class RowCopyChecks
{
    private const int Rows = 700;
    private const int Channels = 45;
    private const int Stride = 99;

    /// <summary>One copy and one sum, which is rounded once: half an ulp.</summary>
    public static IEnumerable<KernelCheck> All =>
        [new("RowCopy", $"{Rows}x{Channels} to {Stride}", pool => new KernelCheckResult(Error(pool), 0.5))];

    private static double Error(WorkerPool pool)
    {
        float[] source = CheckValues.Uniform(Rows * Channels, 1);
        float[] more = CheckValues.Uniform(Rows * Channels, 2);
        float[] wide = new float[Rows * Stride];
        double[] expected = new double[wide.Length];
        for (int i = 0; i < source.Length; i++)
            expected[(i / Channels * Stride) + (i % Channels)] = (double)source[i] + more[i];
        RowCopy.Run(pool, Rows, Channels, source, Channels, wide, Stride);
        RowCopy.Add(pool, Rows, Channels, more, Channels, wide, Stride);
        return UlpError.Largest(wide, expected);
    }
}
