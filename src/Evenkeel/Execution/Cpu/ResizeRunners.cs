using Evenkeel.Kernels.Resizing;
using Evenkeel.Layers;

namespace Evenkeel.Execution.Cpu;

internal static class ResizeRunners
{
    public static void Forward(BilinearForward s, CpuContext c) =>
        Bilinear.Forward(c.Pool, s.Size.Rows, s.Size.Columns, s.Size.Channels, c.Floats(s.X), c.Floats(s.Y));

    public static void Backward(BilinearBackward s, CpuContext c) =>
        Bilinear.Backward(c.Pool, s.Size.Rows, s.Size.Columns, s.Size.Channels, c.Floats(s.DY), c.Floats(s.DX));
}
