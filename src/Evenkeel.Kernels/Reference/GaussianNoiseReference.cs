using Evenkeel.Kernels.Elementwise;

namespace Evenkeel.Kernels.Reference;

/// <summary>Noise in double precision, by the draws of the kernel.</summary>
public static class GaussianNoiseReference
{
    /// <summary>x + deviation * noise.</summary>
    public static double[] Forward(float deviation, ulong seed, ulong counter, double[] x)
    {
        ulong stream = GaussianNoise.StreamOf(seed, counter);
        return [.. x.Select((value, i) => value + ((double)deviation * GaussianNoise.Draw(stream, i)))];
    }
}
