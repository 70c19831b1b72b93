using Evenkeel.Kernels.Elementwise;
using Evenkeel.Layers;

namespace Evenkeel.Execution.Cpu;

internal static class SoftmaxRunners
{
    public static void Forward(SoftmaxForward s, CpuContext c) =>
        RowSoftmax.Forward(c.Pool, s.Channels, c.Floats(s.X), c.Floats(s.Y));

    public static void Backward(SoftmaxBackward s, CpuContext c) =>
        RowSoftmax.Backward(c.Pool, s.Channels, c.Floats(s.Y), c.Floats(s.DY), c.Floats(s.DX));

    public static void LogForward(LogSoftmaxForward s, CpuContext c) =>
        RowLogSoftmax.Forward(c.Pool, s.Channels, c.Floats(s.X), c.Floats(s.Y));

    public static void LogBackward(LogSoftmaxBackward s, CpuContext c) =>
        RowLogSoftmax.Backward(c.Pool, s.Channels, c.Floats(s.Y), c.Floats(s.DY), c.Floats(s.DX));
}
