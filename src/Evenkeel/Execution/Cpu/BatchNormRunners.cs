using Evenkeel.Kernels.Elementwise;
using Evenkeel.Kernels.Norm;
using Evenkeel.Kernels.Reduction;
using Evenkeel.Layers;
using Evenkeel.Lowering;
using Evenkeel.Normalization;

namespace Evenkeel.Execution.Cpu;

/// <summary>The steps of normalisations with statistics per channel: kernels, and what is computed once per channel.</summary>
internal static class BatchNormRunners
{
    public static void Measure(BatchMoments s, CpuContext c) =>
        Moments.Run(c.Pool, c.Batch * s.Site.Positions, s.Site.Channels, c.Floats(s.X), c.MomentsAt(s.Moments));

    public static void Measure(MaskedMoments s, CpuContext c) =>
        Moments.Run(s.Site.Channels, c.Floats(s.X), c.Floats(s.Mask), c.MomentsAt(s.Moments));

    public static void Clear(ClearPadding s, CpuContext c)
    {
        Span<float> mask = c.Floats(s.Mask),
            dx = c.Floats(s.DX);
        int stride = c.Stride(s.DX, s.Site.Channels);
        for (int row = 0; row < mask.Length; row++)
        {
            if (mask[row] == 0)
                dx.Slice(row * stride, s.Site.Channels).Clear();
        }
    }

    public static void OfBatch(BatchCoefficients s, CpuContext c)
    {
        ChannelMoments moments = c.MomentsAt(s.Moments),
            statistics = c.MomentsAt(s.Statistics);
        if (moments.Count == 1 && s.Convention.SingleValue == SingleValuePolicy.Error)
            throw new SingleValuePerChannelException(s.Layer, c.Batch, s.Site.Positions, s.Site.Channels);
        if (s.Statistics != s.Moments && moments.Count == 1)
            statistics.Set(c.Floats(s.Running.Mean), c.Floats(s.Running.Variance));
        else if (s.Statistics != s.Moments)
            c.Doubles(s.Moments).CopyTo(c.Doubles(s.Statistics));
        c.CoefficientsAt(s.Coefficients).Set(c.Parameters(s.Affine, s.Convention), statistics);
    }

    public static void OfRunning(FrozenCoefficients s, CpuContext c)
    {
        ChannelMoments moments = c.MomentsAt(s.Moments);
        moments.Set(c.Floats(s.Running.Mean), c.Floats(s.Running.Variance));
        c.CoefficientsAt(s.Coefficients).Set(c.Parameters(s.Affine, s.Convention), moments);
    }

    public static void Renormalize(RenormCoefficients s, CpuContext c)
    {
        ChannelMoments moments = c.MomentsAt(s.Moments);
        Span<float> mean = c.Floats(s.Running.Mean),
            variance = c.Floats(s.Running.Variance);
        long step = (long)c.Scalars.StepNumber;
        (double rMax, double dMax) = (s.Renormalization.RatioAt(step), s.Renormalization.OffsetAt(step));
        var corrections = new RenormCorrections(c.Floats(s.Corrections));
        corrections.Set(moments, mean, variance, s.Convention.Epsilon, rMax, dMax);
        corrections.Apply(c.Parameters(s.Affine, s.Convention), moments, c.CoefficientsAt(s.Coefficients));
    }

    public static void Renormalize(RenormGradientCoefficients s, CpuContext c) =>
        new RenormCorrections(c.Floats(s.Corrections)).ApplyToGradient(c.Doubles(s.Sums), c.Floats(s.DGamma));

    public static void OfAffine(AffineCoefficients s, CpuContext c)
    {
        NormCoefficients coefficients = c.CoefficientsAt(s.Coefficients);
        coefficients.Center.Clear();
        c.Floats(s.Affine.Gamma).CopyTo(coefficients.Scale);
        c.Floats(s.Affine.Beta).CopyTo(coefficients.Shift);
    }

    public static void Forward(NormalizeForward s, CpuContext c) =>
        ActivationDispatch.Run(s.Site.Fused, new ForwardBody(s, c));

    public static void Sum(BatchGradientSums s, CpuContext c) =>
        ActivationDispatch.Run(s.Pass.Site.Fused, new SumsBody(s, c));

    public static void Sum(ResidualGradientSums s, CpuContext c) =>
        ActivationDispatch.Run(s.Pass.Site.Fused, new ResidualBody(s, c));

    public static void Sum(FrozenGradientSums s, CpuContext c) =>
        ActivationDispatch.Run(s.Pass.Site.Fused, new FrozenBody(s, c));

    public static void OfGradients(BatchGradientCoefficients s, CpuContext c)
    {
        ChannelMoments moments = c.MomentsAt(s.Moments);
        var gradient = new GradientCoefficients(c.Floats(s.Gradient));
        Span<float> dgamma = c.Floats(s.Gradients.Gamma),
            dbeta = c.Floats(s.Gradients.Beta);
        gradient.Set(c.Doubles(s.Sums), moments, s.Convention.Epsilon, dgamma, dbeta);
        // A single value was normalised with the running statistics: they are constants.
        if (moments.Count == 1 && s.Convention.SingleValue == SingleValuePolicy.UseRunningStatistics)
            gradient.Clear();
    }

    public static void OfGradients(FrozenGradientCoefficients s, CpuContext c) =>
        GradientCoefficients.OfConstants(
            c.Doubles(s.Sums),
            c.MomentsAt(s.Moments),
            s.Convention.Epsilon,
            c.Floats(s.Gradients.Gamma),
            c.Floats(s.Gradients.Beta)
        );

    public static void OfGradients(AffineGradientCoefficients s, CpuContext c)
    {
        Span<double> sums = c.Doubles(s.Sums);
        Span<float> dscale = c.Floats(s.Gradients.Gamma),
            dshift = c.Floats(s.Gradients.Beta);
        for (int i = 0; i < dshift.Length; i++)
        {
            dshift[i] = (float)sums[i];
            dscale[i] = (float)sums[dshift.Length + i];
        }
    }

    public static void ToInput(BatchInputGradient s, CpuContext c) =>
        ActivationDispatch.Run(s.Pass.Site.Fused, new InputBody(s, c));

    /// <summary>Updates a layer's running statistics from the batch just seen, all channels or none.</summary>
    public static void Commit(CommitRunningStatistics s, CpuContext c)
    {
        if (c.Doubles(s.IsFinite)[0] == 0)
            return;
        ChannelMoments moments = c.MomentsAt(s.Moments);
        var statistics = new RunningStatistics(
            c.Floats(s.Running.Mean),
            c.Floats(s.Running.Variance),
            c.Longs(s.BatchesTracked)
        );
        if (moments.Count > 0 && !statistics.TryUpdate(s.Convention, moments))
            c.RefusedCommits++;
    }

    /// <summary>What a kernel normalises while it reads it.</summary>
    public static NormalizedInput<TAct> Normalized<TAct>(this CpuContext c, NormalizeForward norm, TAct activation)
        where TAct : struct, IActivation => new(activation, c.Floats(norm.X), c.CoefficientsAt(norm.Coefficients));

    private static ChannelMoments MomentsAt(this CpuContext c, BufferId buffer) => new(c.Doubles(buffer));

    private static NormCoefficients CoefficientsAt(this CpuContext c, BufferId buffer) => new(c.Floats(buffer));

    private static NormParameters Parameters(this CpuContext c, AffineBuffers affine, BatchNormConvention convention) =>
        new(c.Floats(affine.Gamma), c.Floats(affine.Beta), convention.Epsilon);

    // The output may be a view.
    private static NormShape Shape(this CpuContext c, NormSite site, BufferId output) =>
        new(c.Batch * site.Positions, site.Channels, c.Stride(output, site.Channels));

    private static NormBackwardInputs Inputs(this CpuContext c, NormBackward pass) =>
        new(c.Floats(pass.X), pass.Y is { } y ? c.Floats(y) : default, c.Floats(pass.DY));

    private readonly struct ForwardBody(NormalizeForward s, CpuContext c) : IActivationBody
    {
        void IActivationBody.Run<TAct>(TAct act)
        {
            NormShape shape = c.Shape(s.Site, s.Y);
            NormCoefficients coefficients = c.CoefficientsAt(s.Coefficients);
            Span<float> x = c.Floats(s.X),
                y = c.Floats(s.Y);
            if (s.Residual is { } residual)
                Normalize.Run(c.Pool, act, shape, x, coefficients, c.Floats(residual), y);
            else
                Normalize.Run(c.Pool, act, shape, x, coefficients, y);
        }
    }

    private readonly struct SumsBody(BatchGradientSums s, CpuContext c) : IActivationBody
    {
        void IActivationBody.Run<TAct>(TAct act) =>
            GradientSums.Run(
                c.Pool,
                act,
                c.Shape(s.Pass.Site, s.Pass.DY),
                c.Inputs(s.Pass),
                c.CoefficientsAt(s.Pass.Coefficients),
                c.Doubles(s.Sums)
            );
    }

    private readonly struct ResidualBody(ResidualGradientSums s, CpuContext c) : IActivationBody
    {
        void IActivationBody.Run<TAct>(TAct act) =>
            GradientSums.RunKept(
                c.Pool,
                act,
                c.Shape(s.Pass.Site, s.Pass.DY),
                c.Inputs(s.Pass),
                c.CoefficientsAt(s.Pass.Coefficients),
                c.Doubles(s.Sums),
                c.Floats(s.D)
            );
    }

    private readonly struct FrozenBody(FrozenGradientSums s, CpuContext c) : IActivationBody
    {
        void IActivationBody.Run<TAct>(TAct act) =>
            GradientSums.RunScaled(
                c.Pool,
                act,
                c.Shape(s.Pass.Site, s.Pass.DY),
                c.Inputs(s.Pass),
                c.CoefficientsAt(s.Pass.Coefficients),
                c.Doubles(s.Sums),
                c.Floats(s.DX)
            );
    }

    private readonly struct InputBody(BatchInputGradient s, CpuContext c) : IActivationBody
    {
        void IActivationBody.Run<TAct>(TAct act) =>
            InputGradient.Run(
                c.Pool,
                act,
                c.Shape(s.Pass.Site, s.Pass.DY),
                c.Inputs(s.Pass),
                c.CoefficientsAt(s.Pass.Coefficients),
                new GradientCoefficients(c.Floats(s.Gradient)),
                c.Floats(s.DX)
            );
    }
}
