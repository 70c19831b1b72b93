using Evenkeel.Kernels.Norm;
using Evenkeel.Kernels.Reduction;
using Evenkeel.Layers;

namespace Evenkeel.Execution.Cpu;

/// <summary>What the kernels of batch normalisation are given, from the buffers of a step.</summary>
internal static class BatchNormOperands
{
    [ThreadStatic]
    private static double[]? s_moments;

    [ThreadStatic]
    private static double[]? s_sums;

    [ThreadStatic]
    private static float[]? s_coefficients;

    [ThreadStatic]
    private static float[]? s_gradient;

    /// <summary>The matrices of a batch, of which <paramref name="output"/> may be a view.</summary>
    public static NormShape Shape(this CpuContext c, BatchNormSite site, int output) =>
        new(c.Batch * site.Positions, site.Channels, c.Stride(output, site.Channels));

    public static NormParameters Parameters(this CpuContext c, BatchNormSite site) =>
        new(c.Floats(site.Gamma), c.Floats(site.Beta), site.Convention.Epsilon);

    /// <summary>Room for moments, valid until it is asked for again.</summary>
    public static ChannelMoments Moments(int channels) => new(Memory(ref s_moments, ChannelMoments.Length(channels)));

    /// <summary>Statistics of the batch.</summary>
    public static ChannelMoments Moments(this CpuContext c, BatchNormSite site, int mean, int variance)
    {
        ChannelMoments moments = Moments(site.Channels);
        moments.Count = (double)c.Batch * site.Positions;
        c.Doubles(mean).CopyTo(moments.Mean);
        Span<double> variances = c.Doubles(variance);
        for (int i = 0; i < variances.Length; i++)
            moments.M2[i] = variances[i] * moments.Count;
        return moments;
    }

    /// <summary>Running statistics.</summary>
    public static ChannelMoments RunningMoments(this CpuContext c, int mean, int variance)
    {
        ChannelMoments moments = Moments(c.Floats(mean).Length);
        moments.Set(c.Floats(mean), c.Floats(variance));
        return moments;
    }

    /// <summary>Keeps moments as mean and variance.</summary>
    public static void Keep(this CpuContext c, in ChannelMoments moments, int mean, int variance)
    {
        moments.Mean.CopyTo(c.Doubles(mean));
        Span<double> variances = c.Doubles(variance);
        for (int i = 0; i < variances.Length; i++)
            variances[i] = moments.M2[i] / moments.Count;
    }

    public static NormBackwardInputs Inputs(this CpuContext c, int x, int? y, int dy) =>
        new(c.Floats(x), y is { } output ? c.Floats(output) : default, c.Floats(dy));

    /// <summary>The coefficients of a layer, valid until others are asked for.</summary>
    public static NormCoefficients Coefficients(this CpuContext c, BatchNormSite site, in ChannelMoments moments)
    {
        var coefficients = new NormCoefficients(Memory(ref s_coefficients, NormCoefficients.Length(site.Channels)));
        coefficients.Set(c.Parameters(site), moments);
        return coefficients;
    }

    /// <summary>Room for sums, valid until it is asked for again.</summary>
    public static Span<double> Sums(int channels) => Memory(ref s_sums, 2 * channels);

    /// <summary>The coefficients of a gradient, which also gives those of gamma and beta.</summary>
    public static GradientCoefficients Gradient(
        this CpuContext c,
        BatchNormSite site,
        ReadOnlySpan<double> sums,
        in ChannelMoments moments,
        BatchNormGradients gradients
    )
    {
        var gradient = new GradientCoefficients(Memory(ref s_gradient, GradientCoefficients.Length(site.Channels)));
        gradient.Set(sums, moments, site.Convention.Epsilon, c.Floats(gradients.DGamma), c.Floats(gradients.DBeta));
        return gradient;
    }

    private static Span<T> Memory<T>(ref T[]? kept, int length)
    {
        if (kept is null || kept.Length < length)
            kept = new T[length];
        return kept.AsSpan(0, length);
    }
}
