using Evenkeel.Kernels.Norm;
using Evenkeel.Layers;

namespace Evenkeel.Execution.Cpu;

internal static class FrozenBatchNormRunners
{
    public static void Forward(FrozenBatchNormForward s, CpuContext c) =>
        ActivationDispatch.Run(
            s.Site.Fused,
            new ForwardBody(
                s.Site,
                s.X,
                s.Y,
                c,
                c.Widen(0, c.Floats(s.RunningMean)),
                c.Widen(1, c.Floats(s.RunningVariance))
            )
        );

    public static void Backward(FrozenBatchNormBackward s, CpuContext c) =>
        ActivationDispatch.Run(
            s.Site.Fused,
            new BackwardBody(
                s.Site,
                s.X,
                s.Y,
                s.Gradients,
                c,
                c.Widen(0, c.Floats(s.RunningMean)),
                c.Widen(1, c.Floats(s.RunningVariance))
            )
        );

    public readonly ref struct ForwardBody(
        BatchNormSite site,
        int x,
        int y,
        CpuContext c,
        ReadOnlySpan<double> mean,
        ReadOnlySpan<double> variance
    ) : IActivationBody
    {
        private readonly ReadOnlySpan<double> _mean = mean;
        private readonly ReadOnlySpan<double> _variance = variance;

        void IActivationBody.Run<TAct>(TAct activation) =>
            FrozenBatchNorm.Forward(
                c.Pool,
                activation,
                c.Batch * site.Positions,
                site.Channels,
                c.Floats(x),
                c.Floats(site.Gamma),
                c.Floats(site.Beta),
                site.Convention.Epsilon,
                _mean,
                _variance,
                c.Floats(y),
                c.Stride(y, site.Channels)
            );
    }

    public readonly ref struct BackwardBody(
        BatchNormSite site,
        int x,
        int? y,
        BatchNormGradients gradients,
        CpuContext c,
        ReadOnlySpan<double> mean,
        ReadOnlySpan<double> variance
    ) : IActivationBody
    {
        private readonly ReadOnlySpan<double> _mean = mean;
        private readonly ReadOnlySpan<double> _variance = variance;

        void IActivationBody.Run<TAct>(TAct activation) =>
            FrozenBatchNorm.Backward(
                c.Pool,
                activation,
                c.Batch * site.Positions,
                site.Channels,
                c.Floats(x),
                y is { } kept ? c.Floats(kept) : default,
                c.Floats(gradients.DY),
                c.Stride(gradients.DY, site.Channels),
                c.Floats(site.Gamma),
                c.Floats(site.Beta),
                site.Convention.Epsilon,
                _mean,
                _variance,
                c.Floats(gradients.DX),
                c.Floats(gradients.DGamma),
                c.Floats(gradients.DBeta)
            );
    }
}
