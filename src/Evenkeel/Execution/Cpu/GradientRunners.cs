using Evenkeel.Kernels.Elementwise;
using Evenkeel.Lowering;

namespace Evenkeel.Execution.Cpu;

internal static class GradientRunners
{
    public static void Accumulate(AccumulateGradient s, CpuContext c) =>
        Sum.Add(c.Pool, c.Floats(s.Target), c.Floats(s.Source), c.Floats(s.Target));
}
