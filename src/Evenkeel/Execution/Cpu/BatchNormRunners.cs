using Evenkeel.Kernels.Norm;
using Evenkeel.Kernels.Reduction;
using Evenkeel.Layers;
using Evenkeel.Normalization;

namespace Evenkeel.Execution.Cpu;

internal static class BatchNormRunners
{
    public static void Forward(BatchNormForward s, CpuContext c)
    {
        if (LacksStatistics(s.Site, c))
            ForwardSingleValue(s, c);
        else
            ActivationDispatch.Run(s.Site.Fused, new ForwardBody(s, c));
    }

    public static void Normalize(BatchNormNormalize s, CpuContext c)
    {
        if (LacksStatistics(s.Site, c))
            ForwardSingleValue(
                new BatchNormForward(s.Layer, s.Site, s.X, s.RunningMean, s.RunningVariance, s.Y, s.Mean, s.Variance),
                c
            );
        else
            FrozenBatchNormRunners.Forward(s.Site, s.X, s.Y, c, c.Moments(s.Site, s.Mean, s.Variance));
    }

    public static void Backward(BatchNormBackward s, CpuContext c)
    {
        // A single value was normalised with the running statistics: they are constants.
        if (LacksStatistics(s.Site, c) && s.Site.Convention.SingleValue == SingleValuePolicy.UseRunningStatistics)
            FrozenBatchNormRunners.Backward(
                s.Site,
                c.Inputs(s.X, s.Y, s.Gradients.DY),
                s.Gradients,
                c,
                c.Moments(s.Site, s.Mean, s.Variance)
            );
        else
            ActivationDispatch.Run(s.Site.Fused, new BackwardBody(s, c));
    }

    private static bool LacksStatistics(BatchNormSite site, CpuContext c) =>
        c.Batch * site.Positions == 1 && site.Convention.SingleValue != SingleValuePolicy.SkipUpdate;

    private static void ForwardSingleValue(BatchNormForward s, CpuContext c)
    {
        if (s.Site.Convention.SingleValue == SingleValuePolicy.Error)
            throw new SingleValuePerChannelException(s.Layer, c.Batch, s.Site.Positions, s.Site.Channels);
        // The backward step reads these as the statistics that were used.
        c.Keep(c.RunningMoments(s.RunningMean, s.RunningVariance), s.Mean, s.Variance);
        FrozenBatchNormRunners.Forward(s.Site, s.X, s.Y, c, c.Moments(s.Site, s.Mean, s.Variance));
    }

    private readonly struct ForwardBody(BatchNormForward s, CpuContext c) : IActivationBody
    {
        void IActivationBody.Run<TAct>(TAct activation)
        {
            ChannelMoments moments = BatchNormOperands.Moments(s.Site.Channels);
            NormShape shape = c.Shape(s.Site, s.Y);
            Moments.Run(c.Pool, shape.Rows, shape.Channels, c.Floats(s.X), moments);
            c.Keep(moments, s.Mean, s.Variance);
            Kernels.Norm.Normalize.Run(
                c.Pool,
                activation,
                shape,
                c.Floats(s.X),
                c.Coefficients(s.Site, moments),
                c.Floats(s.Y)
            );
        }
    }

    private readonly struct BackwardBody(BatchNormBackward s, CpuContext c) : IActivationBody
    {
        void IActivationBody.Run<TAct>(TAct activation)
        {
            NormShape shape = c.Shape(s.Site, s.Gradients.DY);
            NormBackwardInputs inputs = c.Inputs(s.X, s.Y, s.Gradients.DY);
            ChannelMoments moments = c.Moments(s.Site, s.Mean, s.Variance);
            NormCoefficients coefficients = c.Coefficients(s.Site, moments);
            Span<double> sums = BatchNormOperands.Sums(s.Site.Channels);
            GradientSums.Run(c.Pool, activation, shape, inputs, coefficients, sums);
            GradientCoefficients gradient = c.Gradient(s.Site, sums, moments, s.Gradients);
            InputGradient.Run(c.Pool, activation, shape, inputs, coefficients, gradient, c.Floats(s.Gradients.DX));
        }
    }
}
