using Evenkeel.Layers;
using Evenkeel.Normalization;

namespace Evenkeel.Execution.Cpu;

internal static class BatchNormAddRunners
{
    public static void Forward(BatchNormAddForward s, CpuContext c)
    {
        if (c.Batch * s.Site.Positions == 1)
            throw new SingleValuePerChannelException(s.Layer, c.Batch, s.Site.Positions, s.Site.Channels);
        ActivationDispatch.Run(s.Site.Fused, new ForwardBody(s, c));
    }

    public static void Backward(BatchNormAddBackward s, CpuContext c) =>
        ActivationDispatch.Run(s.Site.Fused, new BackwardBody(s, c));

    private readonly struct ForwardBody(BatchNormAddForward s, CpuContext c) : IActivationBody
    {
        void IActivationBody.Run<TAct>(TAct activation) =>
            Kernels.Norm.BatchNormAdd.Forward(
                c.Pool,
                activation,
                c.Batch * s.Site.Positions,
                s.Site.Channels,
                c.Floats(s.X),
                c.Floats(s.Site.Gamma),
                c.Floats(s.Site.Beta),
                s.Site.Convention.Epsilon,
                c.Doubles(s.Mean),
                c.Doubles(s.Variance),
                c.Floats(s.Residual),
                c.Floats(s.Y)
            );
    }

    private readonly struct BackwardBody(BatchNormAddBackward s, CpuContext c) : IActivationBody
    {
        void IActivationBody.Run<TAct>(TAct activation) =>
            Kernels.Norm.BatchNormAdd.Backward(
                c.Pool,
                activation,
                c.Batch * s.Site.Positions,
                s.Site.Channels,
                c.Floats(s.X),
                c.Floats(s.Y),
                c.Floats(s.Gradients.DY),
                c.Floats(s.Site.Gamma),
                c.Floats(s.Site.Beta),
                s.Site.Convention.Epsilon,
                c.Doubles(s.Mean),
                c.Doubles(s.Variance),
                c.Floats(s.Gradients.DX),
                c.Floats(s.Gradients.DGamma),
                c.Floats(s.Gradients.DBeta),
                c.Floats(s.DResidual)
            );
    }
}
