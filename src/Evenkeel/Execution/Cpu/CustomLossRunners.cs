using System.Numerics.Tensors;
using Evenkeel.Layers;

namespace Evenkeel.Execution.Cpu;

/// <summary>A loss that is the caller's code, on the thread that takes the step.</summary>
internal static class CustomLossRunners
{
    public static void Forward(CustomLossForward s, CpuContext c) =>
        s.Run(c.Floats(s.Output), c.Floats(s.Targets), c.Floats(s.Slopes), c.Floats(s.Losses));

    public static void Forward(CustomLabelLossForward s, CpuContext c) =>
        s.Run(c.Floats(s.Output), c.Integers(s.Labels), c.Floats(s.Slopes), c.Floats(s.Losses));

    public static void Backward(CustomLossBackward s, CpuContext c) =>
        TensorPrimitives.Multiply(c.Floats(s.Slopes), 1f / Math.Max(1, c.Total), c.Floats(s.DOutput));
}
