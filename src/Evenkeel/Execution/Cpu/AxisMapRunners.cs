using Evenkeel.Kernels.Elementwise;
using Evenkeel.Layers;

namespace Evenkeel.Execution.Cpu;

internal static class AxisMapRunners
{
    public static void Gather(GatherAxes s, CpuContext c) =>
        AxisGather.Forward(c.Pool, s.Tables.Plan, s.Fill, c.Batch, c.Floats(s.X), c.Floats(s.Y));

    public static void Scatter(ScatterAxes s, CpuContext c) =>
        AxisGather.Backward(c.Pool, s.Tables.Plan, c.Batch, c.Floats(s.DY), c.Floats(s.DX));
}
