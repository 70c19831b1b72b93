using Evenkeel.Kernels.Elementwise;
using Evenkeel.Layers;

namespace Evenkeel.Execution.Cpu;

internal static class ActivationRunners
{
    public static void Forward(ActivationForward s, CpuContext c) =>
        ActivationDispatch.Run(s.Function, new ForwardBody(s, c));

    public static void Backward(ActivationBackward s, CpuContext c) =>
        ActivationDispatch.Run(s.Function, new BackwardBody(s, c));

    private readonly struct ForwardBody(ActivationForward s, CpuContext c) : IActivationBody
    {
        void IActivationBody.Run<TAct>(TAct activation) =>
            Activate.Forward(c.Pool, activation, c.Floats(s.X), c.Floats(s.Y));
    }

    private readonly struct BackwardBody(ActivationBackward s, CpuContext c) : IActivationBody
    {
        void IActivationBody.Run<TAct>(TAct activation) =>
            Activate.Backward(c.Pool, activation, c.Floats(s.Kept), c.Floats(s.DY), c.Floats(s.DX));
    }
}
