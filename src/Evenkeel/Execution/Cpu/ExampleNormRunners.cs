using Evenkeel.Layers;

namespace Evenkeel.Execution.Cpu;

internal static class ExampleNormRunners
{
    public static void Forward(ExampleNormForward s, CpuContext c) =>
        Kernels.Norm.GroupNorm.Forward(
            c.Pool,
            s.Shape,
            new(c.Floats(s.Scale), c.Floats(s.Shift), s.Epsilon),
            c.Floats(s.X),
            c.Floats(s.Y),
            c.Doubles(s.Mean),
            c.Doubles(s.Inverse)
        );

    public static void Backward(ExampleNormBackward s, CpuContext c) =>
        Kernels.Norm.GroupNorm.Backward(
            c.Pool,
            s.Shape,
            c.Floats(s.X),
            c.Doubles(s.Mean),
            c.Doubles(s.Inverse),
            c.Floats(s.Scale),
            c.Floats(s.DY),
            new(c.Floats(s.DX), c.Floats(s.DScale), c.Floats(s.DShift))
        );
}
