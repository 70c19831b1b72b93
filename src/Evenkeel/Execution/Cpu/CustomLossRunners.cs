using System.Numerics.Tensors;
using Evenkeel.Layers;

namespace Evenkeel.Execution.Cpu;

/// <summary>A loss that is the caller's code: example by example, in order, on the thread that takes the step.</summary>
internal static class CustomLossRunners
{
    public static void Forward(CustomLossForward s, CpuContext c)
    {
        ReadOnlySpan<float> output = c.Floats(s.Output),
            targets = c.Floats(s.Targets);
        Span<float> slopes = c.Floats(s.Slopes),
            losses = c.Floats(s.Losses);
        for (int i = 0; i < losses.Length; i++)
        {
            int start = i * s.Values;
            losses[i] = s.Compute(
                output.Slice(start, s.Values),
                targets.Slice(start, s.Values),
                slopes.Slice(start, s.Values)
            );
        }
    }

    public static void Backward(CustomLossBackward s, CpuContext c) =>
        TensorPrimitives.Multiply(c.Floats(s.Slopes), 1f / Math.Max(1, c.Total), c.Floats(s.DOutput));
}
