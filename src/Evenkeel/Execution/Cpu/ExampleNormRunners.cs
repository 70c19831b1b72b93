using Evenkeel.Kernels.Norm;
using Evenkeel.Lowering;
using Evenkeel.Operations;

namespace Evenkeel.Execution.Cpu;

internal static class ExampleNormRunners
{
    public static void Forward(ExampleNormForward s, CpuContext c) =>
        ActivationDispatch.Run(s.Site.Fused, new ForwardBody(s, c));

    public static void Backward(ExampleNormBackward s, CpuContext c) =>
        ActivationDispatch.Run(s.Site.Fused, new BackwardBody(s, c));

    private static NormParameters Parameters(this CpuContext c, ExampleNormSite site) =>
        new(c.Floats(site.Affine.Gamma), c.Floats(site.Affine.Beta), site.Epsilon);

    private static Span<float> FloatsOrNone(this CpuContext c, BufferId? buffer) =>
        buffer is { } given ? c.Floats(given) : default;

    private readonly struct ForwardBody(ExampleNormForward s, CpuContext c) : IActivationBody
    {
        void IActivationBody.Run<TAct>(TAct act) =>
            GroupNorm.Forward(
                c.Pool,
                act,
                s.Site.Shape,
                c.Parameters(s.Site),
                c.Floats(s.X),
                c.FloatsOrNone(s.Residual),
                c.Floats(s.Y),
                c.Doubles(s.Statistics)
            );
    }

    private readonly struct BackwardBody(ExampleNormBackward s, CpuContext c) : IActivationBody
    {
        void IActivationBody.Run<TAct>(TAct act) =>
            GroupNorm.Backward(
                c.Pool,
                act,
                s.Site.Shape,
                c.Parameters(s.Site),
                new(c.Floats(s.X), c.FloatsOrNone(s.Y), c.Floats(s.DY)),
                c.Doubles(s.Statistics),
                new(c.Floats(s.DX), c.Floats(s.Gradients.Gamma), c.Floats(s.Gradients.Beta)),
                c.FloatsOrNone(s.DResidual)
            );
    }
}
