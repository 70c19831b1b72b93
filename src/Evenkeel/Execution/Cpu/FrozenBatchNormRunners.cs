using Evenkeel.Kernels.Norm;
using Evenkeel.Kernels.Reduction;
using Evenkeel.Layers;

namespace Evenkeel.Execution.Cpu;

internal static class FrozenBatchNormRunners
{
    public static void Forward(FrozenBatchNormForward s, CpuContext c) =>
        Forward(s.Site, s.X, s.Y, c, c.RunningMoments(s.RunningMean, s.RunningVariance));

    public static void Backward(FrozenBatchNormBackward s, CpuContext c) =>
        Backward(
            s.Site,
            c.Inputs(s.X, s.Y, s.Gradients.DY),
            s.Gradients,
            c,
            c.RunningMoments(s.RunningMean, s.RunningVariance)
        );

    public static void Forward(BatchNormSite site, int x, int y, CpuContext c, ChannelMoments moments) =>
        ActivationDispatch.Run(site.Fused, new ForwardBody(site, x, y, c, moments));

    public static void Backward(
        BatchNormSite site,
        NormBackwardInputs inputs,
        BatchNormGradients gradients,
        CpuContext c,
        ChannelMoments moments
    ) => ActivationDispatch.Run(site.Fused, new BackwardBody(site, inputs, gradients, c, moments));

    private readonly ref struct ForwardBody(BatchNormSite site, int x, int y, CpuContext c, ChannelMoments moments)
        : IActivationBody
    {
        private readonly ChannelMoments _moments = moments;

        void IActivationBody.Run<TAct>(TAct activation) =>
            Normalize.Run(
                c.Pool,
                activation,
                c.Shape(site, y),
                c.Floats(x),
                c.Coefficients(site, _moments),
                c.Floats(y)
            );
    }

    private readonly ref struct BackwardBody(
        BatchNormSite site,
        NormBackwardInputs inputs,
        BatchNormGradients gradients,
        CpuContext c,
        ChannelMoments moments
    ) : IActivationBody
    {
        private readonly NormBackwardInputs _inputs = inputs;
        private readonly ChannelMoments _moments = moments;

        void IActivationBody.Run<TAct>(TAct activation)
        {
            Span<double> sums = BatchNormOperands.Sums(site.Channels);
            GradientSums.RunScaled(
                c.Pool,
                activation,
                c.Shape(site, gradients.DY),
                _inputs,
                c.Coefficients(site, _moments),
                sums,
                c.Floats(gradients.DX)
            );
            GradientCoefficients.OfConstants(
                sums,
                _moments,
                site.Convention.Epsilon,
                c.Floats(gradients.DGamma),
                c.Floats(gradients.DBeta)
            );
        }
    }
}
