using Evenkeel.Kernels.Elementwise;
using Evenkeel.Lowering;

namespace Evenkeel.Execution.Cpu;

/// <summary>Values kept as bfloat16.</summary>
internal static class NarrowingRunners
{
    public static void Narrow(NarrowValue s, CpuContext c) => RowCopy.ToBFloat16(c.Pool, c.Floats(s.X), c.Halves(s.Y));

    public static void Widen(WidenValue s, CpuContext c) => RowCopy.FromBFloat16(c.Pool, c.Halves(s.X), c.Floats(s.Y));
}
