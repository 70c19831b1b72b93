using Evenkeel.Kernels.Norm;
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
            BatchNormAdd.Forward(
                c.Pool,
                activation,
                c.Shape(s.Site, s.Y),
                c.Floats(s.X),
                c.Parameters(s.Site),
                c.Moments(s.Mean, s.Variance),
                c.Floats(s.Residual),
                c.Floats(s.Y)
            );
    }

    private readonly struct BackwardBody(BatchNormAddBackward s, CpuContext c) : IActivationBody
    {
        void IActivationBody.Run<TAct>(TAct activation) =>
            BatchNormAdd.Backward(
                c.Pool,
                activation,
                c.Shape(s.Site, s.Gradients.DY),
                c.Inputs(s.X, s.Y, s.Gradients.DY),
                c.Parameters(s.Site),
                c.Moments(s.Mean, s.Variance),
                c.Outputs(s.Gradients),
                c.Floats(s.DResidual)
            );
    }
}
