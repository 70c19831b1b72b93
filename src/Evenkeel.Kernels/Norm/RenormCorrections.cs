using Evenkeel.Kernels.Loops;
using Evenkeel.Kernels.Reduction;

namespace Evenkeel.Kernels.Norm;

/// <summary>
/// Batch renormalisation (Ioffe 2017): xhat = (x - mean) / deviation * r + d, which leads from the statistics of the batch towards the
/// running ones. r and d are constants to the gradient, so they change coefficients only.
/// </summary>
public readonly ref struct RenormCorrections
{
    /// <summary>A view of one block of memory: r of all channels, then d.</summary>
    /// <param name="values">2 * channels values.</param>
    /// <exception cref="ArgumentException">The number of values is odd.</exception>
    public RenormCorrections(Span<float> values)
    {
        R = values[..(values.Length / 2)];
        D = values[(values.Length / 2)..];
        MatrixArguments.CheckVector(R.Length, D.Length);
    }

    /// <summary>[channels]: deviation of the batch over the running one, clipped.</summary>
    public Span<float> R { get; }

    /// <summary>[channels]: how far the batch's mean is from the running one, in running deviations, clipped.</summary>
    public Span<float> D { get; }

    /// <summary>The floats that the corrections of <paramref name="channels"/> channels take.</summary>
    public static int Length(int channels) => 2 * channels;

    /// <summary>Sets r in [1/rMax, rMax] and d in [-dMax, dMax]. A deviation is sqrt(variance + epsilon).</summary>
    /// <param name="batch">The moments of the batch.</param>
    /// <param name="mean">[channels]: running means.</param>
    /// <param name="variance">[channels]: running variances; where one is 0 without epsilon, r is 1/rMax and d is 0.</param>
    /// <param name="epsilon">As in the forward pass.</param>
    /// <param name="rMax">1 or more.</param>
    /// <param name="dMax">0 or more.</param>
    /// <exception cref="ArgumentException">A size does not fit.</exception>
    public void Set(
        in ChannelMoments batch,
        ReadOnlySpan<float> mean,
        ReadOnlySpan<float> variance,
        float epsilon,
        double rMax,
        double dMax
    )
    {
        batch.Check(R.Length);
        MatrixArguments.CheckVector(R.Length, mean.Length);
        MatrixArguments.CheckVector(R.Length, variance.Length);
        for (int c = 0; c < R.Length; c++)
        {
            double inverse = InverseDeviation(variance[c], epsilon),
                deviation = Math.Sqrt(batch.Variance(c) + epsilon);
            R[c] = (float)Math.Clamp(deviation * inverse, 1 / rMax, rMax);
            D[c] = (float)Math.Clamp((batch.Mean[c] - mean[c]) * inverse, -dMax, dMax);
        }
    }

    /// <summary>Takes coefficients of the batch to those of y = gamma * (xhat * r + d) + beta.</summary>
    /// <param name="parameters">gamma and beta.</param>
    /// <param name="batch">The moments of the batch.</param>
    /// <param name="coefficients">Of y = gamma * xhat + beta; overwritten.</param>
    /// <exception cref="ArgumentException">A size does not fit.</exception>
    public void Apply(in NormParameters parameters, in ChannelMoments batch, in NormCoefficients coefficients)
    {
        parameters.Check(R.Length);
        batch.Check(R.Length);
        coefficients.Check(R.Length);
        for (int c = 0; c < R.Length; c++)
        {
            double low = batch.Mean[c] - coefficients.Center[c];
            // Never infinite: 0 * infinity is NaN.
            float scale = (float)Math.Clamp(coefficients.Scale[c] * (double)R[c], -float.MaxValue, float.MaxValue);
            coefficients.Scale[c] = scale;
            coefficients.Shift[c] = (float)(parameters.Beta[c] + ((double)parameters.Gamma[c] * D[c]) - (low * scale));
        }
    }

    /// <summary>Takes sum(dy * xhat) to the gradient of gamma, sum(dy * (xhat * r + d)).</summary>
    /// <param name="sums">[2, channels]: first those of dy.</param>
    /// <param name="dgamma">[channels], overwritten.</param>
    /// <exception cref="ArgumentException">A size does not fit.</exception>
    public void ApplyToGradient(ReadOnlySpan<double> sums, Span<float> dgamma)
    {
        MatrixArguments.CheckVector(2 * R.Length, sums.Length);
        MatrixArguments.CheckVector(R.Length, dgamma.Length);
        for (int c = 0; c < R.Length; c++)
            dgamma[c] = (float)(((double)R[c] * dgamma[c]) + (D[c] * sums[c]));
    }

    // 0 for a constant channel without epsilon.
    private static double InverseDeviation(double variance, float epsilon)
    {
        double v = variance + epsilon;
        return v == 0 ? 0 : 1 / Math.Sqrt(v);
    }
}
