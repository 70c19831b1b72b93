using Evenkeel.Kernels.Elementwise;
using Evenkeel.Kernels.Norm;
using Evenkeel.Kernels.Reduction;
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
            Normalize.Run(
                c.Pool,
                activation,
                c.Shape(s.Site, s.Y),
                c.Floats(s.X),
                c.Coefficients(s.Site, c.Moments(s.Site, s.Mean, s.Variance)),
                c.Floats(s.Residual),
                c.Floats(s.Y)
            );
    }

    private readonly struct BackwardBody(BatchNormAddBackward s, CpuContext c) : IActivationBody
    {
        void IActivationBody.Run<TAct>(TAct activation)
        {
            NormShape shape = c.Shape(s.Site, s.Gradients.DY);
            NormBackwardInputs inputs = c.Inputs(s.X, s.Y, s.Gradients.DY);
            ChannelMoments moments = c.Moments(s.Site, s.Mean, s.Variance);
            NormCoefficients coefficients = c.Coefficients(s.Site, moments);
            Span<double> sums = BatchNormOperands.Sums(s.Site.Channels);
            GradientSums.RunKept(c.Pool, activation, shape, inputs, coefficients, sums, c.Floats(s.DResidual));
            GradientCoefficients gradient = c.Gradient(s.Site, sums, moments, s.Gradients);
            // The gradient in front of the sum is there: it is read instead of y and dy.
            inputs = c.Inputs(s.X, null, s.DResidual);
            InputGradient.Run(
                c.Pool,
                default(Identity),
                shape,
                inputs,
                coefficients,
                gradient,
                c.Floats(s.Gradients.DX)
            );
        }
    }
}
