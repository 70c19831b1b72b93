using Evenkeel.Kernels.Elementwise;
using Evenkeel.Layers;

namespace Evenkeel.Execution.Cpu;

/// <summary>Steps over rows of scores.</summary>
internal static class LossRunners
{
    public static void Forward(SoftmaxCrossEntropyForward s, CpuContext c) =>
        Kernels.Loss.SoftmaxCrossEntropy.Forward(
            c.Pool,
            c.Batch * s.Positions,
            s.Classes,
            c.Floats(s.Logits),
            c.Integers(s.Labels),
            c.Floats(s.Probabilities),
            c.Floats(s.Losses)
        );

    public static void Backward(SoftmaxCrossEntropyBackward s, CpuContext c)
    {
        int rows = c.Batch * s.Positions;
        Kernels.Loss.SoftmaxCrossEntropy.Backward(
            c.Pool,
            rows,
            s.Classes,
            c.Floats(s.Probabilities),
            c.Integers(s.Labels),
            1f / Math.Max(1, c.Total * s.Positions),
            c.Floats(s.DLogits)
        );
    }

    public static void Forward(SoftmaxForward s, CpuContext c) =>
        RowSoftmax.Forward(c.Pool, s.Channels, c.Floats(s.X), c.Floats(s.Y));

    public static void Backward(SoftmaxBackward s, CpuContext c) =>
        RowSoftmax.Backward(c.Pool, s.Channels, c.Floats(s.Y), c.Floats(s.DY), c.Floats(s.DX));

    public static void LogForward(LogSoftmaxForward s, CpuContext c) =>
        RowLogSoftmax.Forward(c.Pool, s.Channels, c.Floats(s.X), c.Floats(s.Y));

    public static void LogBackward(LogSoftmaxBackward s, CpuContext c) =>
        RowLogSoftmax.Backward(c.Pool, s.Channels, c.Floats(s.Y), c.Floats(s.DY), c.Floats(s.DX));
}
