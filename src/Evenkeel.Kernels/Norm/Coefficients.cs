namespace Evenkeel.Kernels.Norm;

/// <summary>The per-channel numbers of the affine map and of its gradient, computed in double precision.</summary>
internal static unsafe class Coefficients
{
    /// <summary>1/sqrt(variance + epsilon); 0 for a constant channel without epsilon, whose output then is beta.</summary>
    public static double InverseStd(double variance, float epsilon)
    {
        double v = variance + epsilon;
        return v == 0 ? 0 : 1 / Math.Sqrt(v);
    }

    /// <summary>
    /// Coefficients of y = gamma * (x - mean) / sqrt(variance + epsilon) + beta. The mean is split: its float part
    /// is subtracted from x, which is exact near the mean, and the rest goes into the shift.
    /// </summary>
    public static void Forward(in NormParameters parameters, in ChannelMoments moments, in NormWorkspace columns)
    {
        ReadOnlySpan<float> gamma = parameters.Gamma;
        for (int c = 0; c < gamma.Length; c++)
        {
            double mean = moments.Mean[c];
            float center = (float)mean;
            float scale = Finite(gamma[c] * InverseStd(moments.Variance[c], parameters.Epsilon));
            columns.Center[c] = center;
            columns.Scale[c] = scale;
            columns.Shift[c] = (float)(parameters.Beta[c] - ((mean - center) * scale));
        }
    }

    /// <summary>Coefficients of y = scale * x + shift.</summary>
    public static void Affine(ReadOnlySpan<float> scale, ReadOnlySpan<float> shift, in NormWorkspace columns)
    {
        new Span<float>(columns.Center, scale.Length).Clear();
        scale.CopyTo(new Span<float>(columns.Scale, scale.Length));
        shift.CopyTo(new Span<float>(columns.Shift, shift.Length));
    }

    /// <summary>
    /// Coefficients of dx = scale * (dy - dbeta/m - xhat * dgamma/m), out of the sums of dy and of dy * (x - center)
    /// that the workspace's first partial holds; dgamma and dbeta.
    /// </summary>
    public static void Backward(
        in NormPlan plan,
        float epsilon,
        in ChannelMoments moments,
        in NormWorkspace columns,
        in NormGradientOutputs gradients
    )
    {
        for (int c = 0; c < plan.Channels; c++)
        {
            double low = moments.Mean[c] - columns.Center[c];
            double inverse = InverseStd(moments.Variance[c], epsilon);
            double sum = columns.First[c];
            double normalized = (columns.Second[c] - (low * sum)) * inverse;
            float slope = Finite(-normalized * inverse / plan.Rows);
            gradients.Dgamma[c] = (float)normalized;
            gradients.Dbeta[c] = (float)sum;
            columns.Slope[c] = slope;
            columns.MeanGradient[c] = (float)((sum / plan.Rows) + (low * slope));
        }
    }

    /// <summary>Repeats the coefficients of one row for every row that is folded into a wide one.</summary>
    public static void Repeat(in NormPlan plan, in NormWorkspace columns)
    {
        for (int c = plan.Channels; c < plan.Columns; c++)
        {
            columns.Center[c] = columns.Center[c - plan.Channels];
            columns.Scale[c] = columns.Scale[c - plan.Channels];
            columns.Shift[c] = columns.Shift[c - plan.Channels];
        }
    }

    /// <summary>Repeats the coefficients of the gradient likewise.</summary>
    public static void RepeatGradient(in NormPlan plan, in NormWorkspace columns)
    {
        for (int c = plan.Channels; c < plan.Columns; c++)
        {
            columns.Slope[c] = columns.Slope[c - plan.Channels];
            columns.MeanGradient[c] = columns.MeanGradient[c - plan.Channels];
        }
    }

    // A subnormal spread without epsilon would overflow single precision, and 0 * infinity is NaN. NaN stays NaN.
    private static float Finite(double value) => (float)Math.Clamp(value, -float.MaxValue, float.MaxValue);
}
