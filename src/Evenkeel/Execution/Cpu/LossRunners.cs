using Evenkeel.Layers;

namespace Evenkeel.Execution.Cpu;

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
            1f / Math.Max(1, rows),
            c.Floats(s.DLogits)
        );
    }
}
