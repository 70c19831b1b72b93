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
            FrozenBatchNormRunners.Forward(s.Site, s.X, s.Y, c, c.Moments(s.Mean, s.Variance));
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
                c.Moments(s.Mean, s.Variance)
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
        c.Widen(0, c.Floats(s.RunningMean)).CopyTo(c.Doubles(s.Mean));
        c.Widen(1, c.Floats(s.RunningVariance)).CopyTo(c.Doubles(s.Variance));
        FrozenBatchNormRunners.Forward(s.Site, s.X, s.Y, c, c.Moments(s.Mean, s.Variance));
    }

    private readonly struct ForwardBody(BatchNormForward s, CpuContext c) : IActivationBody
    {
        void IActivationBody.Run<TAct>(TAct activation) =>
            Kernels.Norm.BatchNorm.Forward(
                c.Pool,
                activation,
                c.Shape(s.Site, s.Y),
                c.Floats(s.X),
                c.Parameters(s.Site),
                c.Floats(s.Y),
                c.Doubles(s.Mean),
                c.Doubles(s.Variance)
            );
    }

    private readonly struct BackwardBody(BatchNormBackward s, CpuContext c) : IActivationBody
    {
        void IActivationBody.Run<TAct>(TAct activation) =>
            Kernels.Norm.BatchNorm.Backward(
                c.Pool,
                activation,
                c.Shape(s.Site, s.Gradients.DY),
                c.Inputs(s.X, s.Y, s.Gradients.DY),
                c.Parameters(s.Site),
                c.Moments(s.Mean, s.Variance),
                c.Outputs(s.Gradients)
            );
    }
}
