using Evenkeel.Kernels.Elementwise;
using Evenkeel.Layers;

namespace Evenkeel.Execution.Cpu;

/// <summary>Steps over rows of scores.</summary>
internal static class LossRunners
{
    public static void Forward(SoftmaxCrossEntropyForward s, CpuContext c) =>
        Kernels.Loss.CrossEntropy.Forward(
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
        Kernels.Loss.CrossEntropy.Backward(
            c.Pool,
            rows,
            s.Classes,
            c.Floats(s.Probabilities),
            c.Integers(s.Labels),
            ScaleOf(c, s.Positions),
            c.Floats(s.DLogits)
        );
    }

    public static void Forward(WeightedCrossEntropyForward s, CpuContext c) =>
        Kernels.Loss.WeightedCrossEntropy.Forward(
            c.Pool,
            new Kernels.Loss.ClassTargets(c.Integers(s.Labels), s.Aim.Weights.AsSpan(), s.Aim.Smoothing),
            c.Floats(s.Logits),
            c.Floats(s.Probabilities),
            c.Floats(s.Losses)
        );

    public static void Backward(WeightedCrossEntropyBackward s, CpuContext c) =>
        Kernels.Loss.WeightedCrossEntropy.Backward(
            c.Pool,
            new Kernels.Loss.ClassTargets(c.Integers(s.Labels), s.Aim.Weights.AsSpan(), s.Aim.Smoothing),
            ScaleOf(c, s.Positions),
            c.Floats(s.Probabilities),
            c.Floats(s.DLogits)
        );

    // The share of a row of weight 1 in the mean.
    private static float ScaleOf(CpuContext c, int positions) =>
        (float)(1 / (Math.Max(1, (double)c.Total * positions) * c.Scalars.MeanWeight));

    public static void Forward(SoftmaxForward s, CpuContext c) =>
        RowSoftmax.Forward(c.Pool, s.Channels, c.Floats(s.X), c.Floats(s.Y));

    public static void Backward(SoftmaxBackward s, CpuContext c) =>
        RowSoftmax.Backward(c.Pool, s.Channels, c.Floats(s.Y), c.Floats(s.DY), c.Floats(s.DX));

    public static void LogForward(LogSoftmaxForward s, CpuContext c) =>
        RowSoftmax.ForwardLog(c.Pool, s.Channels, c.Floats(s.X), c.Floats(s.Y));

    public static void LogBackward(LogSoftmaxBackward s, CpuContext c) =>
        RowSoftmax.BackwardLog(c.Pool, s.Channels, c.Floats(s.Y), c.Floats(s.DY), c.Floats(s.DX));
}
