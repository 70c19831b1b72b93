using Evenkeel.Kernels.Threading;

namespace Evenkeel.Kernels.Reference;

/// <summary>One comparison of a fast kernel with its plain double-precision reference on this machine.</summary>
/// <param name="Kernel">Name of the kernel, for example <c>Normalize, scale and shift</c>.</param>
/// <param name="Shape">The shape it is run on, for example <c>60x100</c>.</param>
/// <param name="Run">Runs both and returns the largest error in units of the tolerance's scale, with the tolerance.</param>
public sealed record KernelCheck(string Kernel, string Shape, Func<WorkerPool, KernelCheckResult> Run);

/// <summary>The outcome of a <see cref="KernelCheck"/>.</summary>
/// <param name="Error">Largest error found, in the units that the tolerance is given in.</param>
/// <param name="Tolerance">Largest error accepted.</param>
public readonly record struct KernelCheckResult(double Error, double Tolerance)
{
    /// <summary>Whether the kernel agrees with its reference; a NaN error never passes.</summary>
    public bool Passed => Error <= Tolerance;
}

/// <summary>Reproducible inputs for checks.</summary>
internal static class CheckValues
{
    /// <summary>Values in [-1, 1).</summary>
    public static float[] Uniform(long length, int seed)
    {
        var random = new Random(seed);
        float[] values = new float[length];
        foreach (ref float value in values.AsSpan())
            value = (2 * random.NextSingle()) - 1;
        return values;
    }
}
