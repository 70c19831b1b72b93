using Evenkeel.Kernels.Elementwise;
using Evenkeel.Kernels.Norm;
using Evenkeel.Operations;

namespace Evenkeel.Execution.Cpu;

internal static class FoldRunners
{
    public static void Fold(FoldBatchNorm s, CpuContext c)
    {
        Span<float> gamma = c.Floats(s.Norm.Gamma),
            beta = c.Floats(s.Norm.Beta),
            mean = c.Floats(s.Norm.Mean),
            variance = c.Floats(s.Norm.Variance),
            scale = c.Floats(s.Scale),
            shift = c.Floats(s.Shift);
        shift.Clear();
        for (int i = 0; i < scale.Length; i++)
        {
            double deviation = Math.Sqrt((double)variance[i] + s.Epsilon);
            scale[i] = deviation > 0 ? (float)(gamma[i] / deviation) : 0;
        }

        Normalize.Run(
            c.Pool,
            default(Identity),
            new NormShape(s.Rows, s.Channels),
            c.Floats(s.W),
            new NormCoefficients(scale, shift),
            c.Floats(s.FoldedW)
        );
        for (int i = 0; i < shift.Length; i++)
            shift[i] = (float)(beta[i] - ((double)scale[i] * mean[i]));
        if (s.Norm.Bias is not { } own)
            return;
        Span<float> bias = c.Floats(own);
        for (int i = 0; i < shift.Length; i++)
            shift[i] = (float)(shift[i] + ((double)scale[i] * bias[i]));
    }
}
