using Evenkeel.Layers;

namespace Evenkeel.Execution.Cpu;

internal static class ConstantRunners
{
    public static void Repeat(RepeatValue s, CpuContext c)
    {
        Span<float> value = c.Floats(s.Value),
            y = c.Floats(s.Y);
        for (int start = 0; start < y.Length; start += value.Length)
            value.CopyTo(y[start..]);
    }

    public static void Clear(NoGradient s, CpuContext c) => c.Floats(s.DX).Clear();
}
