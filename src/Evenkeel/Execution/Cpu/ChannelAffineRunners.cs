using Evenkeel.Kernels.Elementwise;
using Evenkeel.Kernels.Norm;
using Evenkeel.Layers;

namespace Evenkeel.Execution.Cpu;

internal static class ChannelAffineRunners
{
    public static void Forward(ChannelAffineForward s, CpuContext c) =>
        Normalize.Run(
            c.Pool,
            default(Identity),
            new NormShape(c.Batch * s.Positions, s.Channels),
            c.Floats(s.X),
            new NormCoefficients(c.Floats(s.Scale), c.Floats(s.Shift)),
            c.Floats(s.Y)
        );

    public static void Backward(ChannelAffineBackward s, CpuContext c)
    {
        Span<double> sums = BatchNormOperands.Sums(s.Channels);
        GradientSums.RunScaled(
            c.Pool,
            default(Identity),
            new NormShape(c.Batch * s.Positions, s.Channels),
            new NormBackwardInputs(c.Floats(s.X), default, c.Floats(s.DY)),
            new NormCoefficients(c.Floats(s.Scale), c.Floats(s.Shift)),
            sums,
            c.Floats(s.DX)
        );
        Span<float> dscale = c.Floats(s.DScale),
            dshift = c.Floats(s.DShift);
        for (int i = 0; i < s.Channels; i++)
        {
            dshift[i] = (float)sums[i];
            dscale[i] = (float)sums[s.Channels + i];
        }
    }
}
