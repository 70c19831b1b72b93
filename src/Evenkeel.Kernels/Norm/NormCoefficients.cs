using Evenkeel.Kernels.Lanes;
using Evenkeel.Kernels.Loops;
using Evenkeel.Kernels.Reduction;

namespace Evenkeel.Kernels.Norm;

/// <summary>
/// What each channel is normalised with, y = (x - center) * scale + shift, made in double precision. This is the one place that
/// knows epsilon.
/// </summary>
public readonly ref struct NormCoefficients
{
    /// <summary>A view of one block of memory: all centers, then all scales, then all shifts.</summary>
    /// <param name="values">3 * channels values.</param>
    /// <exception cref="ArgumentException">The number of values is no multiple of three.</exception>
    public NormCoefficients(Span<float> values)
        : this(
            values[..(values.Length / 3)],
            values[(values.Length / 3)..(values.Length / 3 * 2)],
            values[(values.Length / 3 * 2)..]
        ) => MatrixArguments.CheckVector(values.Length / 3, Shift.Length);

    /// <summary>Coefficients of y = scale * x + shift.</summary>
    /// <param name="scale">[channels].</param>
    /// <param name="shift">[channels].</param>
    public NormCoefficients(Span<float> scale, Span<float> shift)
        : this([], scale, shift) { }

    private NormCoefficients(Span<float> center, Span<float> scale, Span<float> shift)
    {
        Center = center;
        Scale = scale;
        Shift = shift;
    }

    /// <summary>[channels]: subtracted from x first; empty where nothing is.</summary>
    public Span<float> Center { get; }

    /// <summary>[channels]: multiplies the centred x.</summary>
    public Span<float> Scale { get; }

    /// <summary>[channels]: added last.</summary>
    public Span<float> Shift { get; }

    /// <summary>The floats that the coefficients of <paramref name="channels"/> channels take.</summary>
    public static int Length(int channels) => 3 * channels;

    /// <summary>
    /// Sets y = gamma * (x - mean) / sqrt(variance + epsilon) + beta (Ioffe &amp; Szegedy 2015, Algorithm 1). The mean is split: its
    /// float part is subtracted from x, which is exact near the mean, and the rest goes into the shift.
    /// </summary>
    /// <param name="parameters">gamma, beta and epsilon.</param>
    /// <param name="moments">Where both the variance and epsilon are 0 the output is beta.</param>
    /// <exception cref="ArgumentException">A size does not fit, or epsilon is out of range.</exception>
    public void Set(in NormParameters parameters, in ChannelMoments moments)
    {
        parameters.Check(Center.Length);
        MatrixArguments.CheckVector(Center.Length, moments.Mean.Length);
        DoubleLanes count = DoubleLanes.Splat(Math.Max(1, moments.Count)),
            epsilon = DoubleLanes.Splat(parameters.Epsilon);
        for (int c = 0; c < Center.Length; c += DoubleLanes.Count)
        {
            DoubleLanes mean = DoubleLanes.Load(moments.Mean, c),
                inverse = ((DoubleLanes.Load(moments.M2, c) / count) + epsilon).InverseSquareRoot,
                center = mean.Rounded,
                // A subnormal spread without epsilon would overflow single precision, and 0 * infinity is NaN.
                scale = (DoubleLanes.Load(parameters.Gamma, c) * inverse).Finite.Rounded;
            center.Store(Center, c);
            scale.Store(Scale, c);
            (DoubleLanes.Load(parameters.Beta, c) - ((mean - center) * scale)).Store(Shift, c);
        }
    }

    internal void Check(int channels)
    {
        if (Center.Length > 0)
            MatrixArguments.CheckVector(channels, Center.Length);
        MatrixArguments.CheckVector(channels, Scale.Length);
        MatrixArguments.CheckVector(channels, Shift.Length);
    }
}

/// <summary>What the two sums of a backward pass make of each channel: the gradients of gamma and beta, and the way to dx.</summary>
public readonly ref struct GradientCoefficients
{
    /// <summary>A view of one block of memory: all mean gradients, then all slopes.</summary>
    /// <param name="values">2 * channels values.</param>
    /// <exception cref="ArgumentException">The number of values is odd.</exception>
    public GradientCoefficients(Span<float> values)
    {
        MeanGradient = values[..(values.Length / 2)];
        Slope = values[(values.Length / 2)..];
        MatrixArguments.CheckVector(MeanGradient.Length, Slope.Length);
    }

    /// <summary>[channels]: subtracted from the gradient.</summary>
    public Span<float> MeanGradient { get; }

    /// <summary>[channels]: multiplies the centred x.</summary>
    public Span<float> Slope { get; }

    /// <summary>The floats that the coefficients of <paramref name="channels"/> channels take.</summary>
    public static int Length(int channels) => 2 * channels;

    /// <summary>
    /// dbeta = sum of d, dgamma = sum of d * xhat, and what makes dx = scale * (d - dbeta/m - xhat * dgamma/m): the gradients through the
    /// statistics (Ioffe &amp; Szegedy 2015, section 3, in compact form). m is the moments' count.
    /// </summary>
    /// <param name="sums">[2, channels]: of d and of d * (x - center).</param>
    /// <param name="moments">The statistics of the forward pass.</param>
    /// <param name="epsilon">As in the forward pass.</param>
    /// <param name="dgamma">Receives [channels].</param>
    /// <param name="dbeta">Receives [channels].</param>
    /// <exception cref="ArgumentException">A size does not fit.</exception>
    public void Set(
        ReadOnlySpan<double> sums,
        in ChannelMoments moments,
        float epsilon,
        Span<float> dgamma,
        Span<float> dbeta
    )
    {
        int channels = Slope.Length;
        CheckSums(channels, sums, moments, dgamma, dbeta);
        DoubleLanes count = DoubleLanes.Splat(moments.Count);
        for (int c = 0; c < channels; c += DoubleLanes.Count)
        {
            var d = new ChannelGradient(sums, moments, epsilon, c);
            DoubleLanes slope = (-d.Normalized * d.Inverse / count).Finite.Rounded;
            d.Normalized.Store(dgamma, c);
            d.Sum.Store(dbeta, c);
            slope.Store(Slope, c);
            ((d.Sum / count) + (d.Low * slope)).Store(MeanGradient, c);
        }
    }

    /// <summary>Sets dx = scale * d: the statistics are constants.</summary>
    public void Clear()
    {
        MeanGradient.Clear();
        Slope.Clear();
    }

    /// <summary>dgamma and dbeta alone, for statistics that are constants.</summary>
    /// <param name="sums">[2, channels]: of d and of d * (x - center).</param>
    /// <param name="moments">The statistics of the forward pass.</param>
    /// <param name="epsilon">As in the forward pass.</param>
    /// <param name="dgamma">Receives [channels].</param>
    /// <param name="dbeta">Receives [channels].</param>
    /// <exception cref="ArgumentException">A size does not fit.</exception>
    public static void OfConstants(
        ReadOnlySpan<double> sums,
        in ChannelMoments moments,
        float epsilon,
        Span<float> dgamma,
        Span<float> dbeta
    )
    {
        int channels = moments.Mean.Length;
        CheckSums(channels, sums, moments, dgamma, dbeta);
        for (int c = 0; c < channels; c += DoubleLanes.Count)
        {
            var d = new ChannelGradient(sums, moments, epsilon, c);
            d.Normalized.Store(dgamma, c);
            d.Sum.Store(dbeta, c);
        }
    }

    internal void Check(int channels) => MatrixArguments.CheckVector(channels, Slope.Length);

    private static void CheckSums(
        int channels,
        ReadOnlySpan<double> sums,
        in ChannelMoments moments,
        ReadOnlySpan<float> dgamma,
        ReadOnlySpan<float> dbeta
    )
    {
        MatrixArguments.CheckVector(2 * channels, sums.Length);
        MatrixArguments.CheckVector(channels, moments.Mean.Length);
        MatrixArguments.CheckVector(channels, dgamma.Length);
        MatrixArguments.CheckVector(channels, dbeta.Length);
    }
}

/// <summary>The sums of some channels, and that of d * xhat.</summary>
internal readonly ref struct ChannelGradient
{
    /// <summary>Of the channels from <paramref name="first"/> on.</summary>
    public ChannelGradient(ReadOnlySpan<double> sums, in ChannelMoments moments, float epsilon, int first)
    {
        int channels = sums.Length / 2;
        DoubleLanes mean = DoubleLanes.Load(moments.Mean, first),
            variance = DoubleLanes.Load(moments.M2, first) / DoubleLanes.Splat(Math.Max(1, moments.Count));
        Low = mean - mean.Rounded;
        Inverse = (variance + DoubleLanes.Splat(epsilon)).InverseSquareRoot;
        Sum = DoubleLanes.Load(sums[..channels], first);
        Normalized = (DoubleLanes.Load(sums[channels..], first) - (Low * Sum)) * Inverse;
    }

    /// <summary>What the mean has beyond the center.</summary>
    public DoubleLanes Low { get; }

    /// <summary>1 / sqrt(variance + epsilon).</summary>
    public DoubleLanes Inverse { get; }

    /// <summary>Of d.</summary>
    public DoubleLanes Sum { get; }

    /// <summary>Of d * xhat.</summary>
    public DoubleLanes Normalized { get; }
}
