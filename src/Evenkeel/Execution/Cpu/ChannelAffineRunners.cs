using Evenkeel.Kernels.Elementwise;
using Evenkeel.Kernels.Norm;
using Evenkeel.Layers;

namespace Evenkeel.Execution.Cpu;

internal static class ChannelAffineRunners
{
    public static void Forward(ChannelAffineForward s, CpuContext c) =>
        Kernels.Norm.ChannelAffine.Forward(
            c.Pool,
            new Identity(),
            new NormShape(c.Batch * s.Positions, s.Channels),
            c.Floats(s.X),
            c.Floats(s.Scale),
            c.Floats(s.Shift),
            c.Floats(s.Y)
        );

    public static void Backward(ChannelAffineBackward s, CpuContext c) =>
        Kernels.Norm.ChannelAffine.Backward(
            c.Pool,
            new Identity(),
            new NormShape(c.Batch * s.Positions, s.Channels),
            new NormBackwardInputs(c.Floats(s.X), default, c.Floats(s.DY)),
            c.Floats(s.Scale),
            c.Floats(s.Shift),
            new NormGradientOutputs(c.Floats(s.DX), c.Floats(s.DScale), c.Floats(s.DShift))
        );
}
