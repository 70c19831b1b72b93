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

/// <summary>Dropout in double precision, by the mask of the kernel.</summary>
public static class DropoutReference
{
    /// <summary>x * mask / (1 - rate).</summary>
    public static double[] Forward(float rate, ulong seed, ulong counter, double[] x)
    {
        double[] y = new double[x.Length];
        var mask = new DropoutMask(rate, seed, counter);
        for (int i = 0; i < y.Length; i++)
        {
            ulong keys = mask.Keys(i / DropoutMask.BlockElements);
            y[i] = mask.Keeps(keys, i % DropoutMask.BlockElements) ? x[i] / (1.0 - rate) : 0;
        }

        return y;
    }
}

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
        Dropout.Forward(pool, Rate, Seed, Counter, x, y);
        return UlpError.Largest(y, DropoutReference.Forward(Rate, Seed, Counter, BatchNormCase.Doubles(x)));
    }
}
