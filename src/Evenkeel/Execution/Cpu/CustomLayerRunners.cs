using Evenkeel.Layers;
using Evenkeel.Lowering;

namespace Evenkeel.Execution.Cpu;

/// <summary>A layer that is the caller's code, on the thread that takes the step.</summary>
internal static class CustomLayerRunners
{
    public static void Forward(CustomLayerForward s, CpuContext c) =>
        s.Run(c.Batch, c.Floats(s.X), FloatsOf(s.Parameters, c), c.Floats(s.Y));

    public static void Backward(CustomLayerBackward s, CpuContext c) =>
        s.Run(
            c.Batch,
            c.Floats(s.X),
            FloatsOf(s.Parameters, c),
            c.Floats(s.DY),
            c.Floats(s.DX),
            FloatsOf(s.DParameters, c)
        );

    private static Span<float> FloatsOf(BufferId? buffer, CpuContext c) => buffer is { } some ? c.Floats(some) : [];
}
