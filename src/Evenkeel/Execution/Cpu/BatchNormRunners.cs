using Evenkeel.Layers;
using Evenkeel.Normalization;

namespace Evenkeel.Execution.Cpu;

internal static class BatchNormRunners
{
    public static void Forward(BatchNormForward s, CpuContext c)
    {
        if (c.Batch * s.Site.Positions == 1 && s.Site.Convention.SingleValue != SingleValuePolicy.SkipUpdate)
            ForwardSingleValue(s, c);
        else
            ActivationDispatch.Run(s.Site.Fused, new ForwardBody(s, c));
    }

    public static void Normalize(BatchNormNormalize s, CpuContext c)
    {
        if (c.Batch * s.Site.Positions == 1 && s.Site.Convention.SingleValue != SingleValuePolicy.SkipUpdate)
        {
            ForwardSingleValue(
                new BatchNormForward(s.Layer, s.Site, s.X, s.RunningMean, s.RunningVariance, s.Y, s.Mean, s.Variance),
                c
            );
            return;
        }

        ActivationDispatch.Run(
            s.Site.Fused,
            new FrozenBatchNormRunners.ForwardBody(s.Site, s.X, s.Y, c, c.Doubles(s.Mean), c.Doubles(s.Variance))
        );
    }

    public static void Backward(BatchNormBackward s, CpuContext c)
    {
        bool usedRunning =
            c.Batch * s.Site.Positions == 1 && s.Site.Convention.SingleValue == SingleValuePolicy.UseRunningStatistics;
        if (usedRunning)
        {
            ActivationDispatch.Run(
                s.Site.Fused,
                new FrozenBatchNormRunners.BackwardBody(
                    s.Site,
                    s.X,
                    s.Y,
                    s.Gradients,
                    c,
                    c.Doubles(s.Mean),
                    c.Doubles(s.Variance)
                )
            );
        }
        else
        {
            ActivationDispatch.Run(s.Site.Fused, new BackwardBody(s, c));
        }
    }

    private static void ForwardSingleValue(BatchNormForward s, CpuContext c)
    {
        if (s.Site.Convention.SingleValue == SingleValuePolicy.Error)
            throw new SingleValuePerChannelException(s.Layer, c.Batch, s.Site.Positions, s.Site.Channels);
        // The backward step reads these as the statistics that were used.
        c.Widen(0, c.Floats(s.RunningMean)).CopyTo(c.Doubles(s.Mean));
        c.Widen(1, c.Floats(s.RunningVariance)).CopyTo(c.Doubles(s.Variance));
        ActivationDispatch.Run(
            s.Site.Fused,
            new FrozenBatchNormRunners.ForwardBody(s.Site, s.X, s.Y, c, c.Doubles(s.Mean), c.Doubles(s.Variance))
        );
    }

    private readonly struct ForwardBody(BatchNormForward s, CpuContext c) : IActivationBody
    {
        void IActivationBody.Run<TAct>(TAct activation) =>
            Kernels.Norm.BatchNorm.Forward(
                c.Pool,
                activation,
                c.Batch * s.Site.Positions,
                s.Site.Channels,
                c.Floats(s.X),
                c.Floats(s.Site.Gamma),
                c.Floats(s.Site.Beta),
                s.Site.Convention.Epsilon,
                c.Floats(s.Y),
                c.Stride(s.Y, s.Site.Channels),
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
                c.Batch * s.Site.Positions,
                s.Site.Channels,
                c.Floats(s.X),
                s.Y is { } y ? c.Floats(y) : default,
                c.Floats(s.Gradients.DY),
                c.Stride(s.Gradients.DY, s.Site.Channels),
                c.Floats(s.Site.Gamma),
                c.Floats(s.Site.Beta),
                s.Site.Convention.Epsilon,
                c.Doubles(s.Mean),
                c.Doubles(s.Variance),
                c.Floats(s.Gradients.DX),
                c.Floats(s.Gradients.DGamma),
                c.Floats(s.Gradients.DBeta)
            );
    }
}
