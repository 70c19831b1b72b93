using Evenkeel.Kernels.Convolution;
using Evenkeel.Kernels.Elementwise;
using Evenkeel.Kernels.Linear;
using Evenkeel.Layers;

namespace Evenkeel.Execution.Cpu;

internal static class LinearRunners
{
    public static void Forward(LinearForward s, CpuContext c)
    {
        (int m, int k, int n) = Sizes(s.Size, c);
        if (c.Packed?.Of(s.W, PackedWeights.ShapeOf(s.Size)) is { } packed)
            Convolution.ForwardPacked(c.Pool, default(Identity), c.Batch, c.Floats(s.X), packed, [], c.Floats(s.Y), n);
        else
            MatrixProduct.Forward(c.Pool, m, k, n, c.Floats(s.X), c.Floats(s.W), c.Floats(s.Y));
    }

    public static void ForwardWithBias(LinearBiasForward s, CpuContext c)
    {
        (int m, int k, int n) = Sizes(s.Size, c);
        ReadOnlySpan<float> b = c.Floats(s.B);
        if (c.Packed?.Of(s.W, PackedWeights.ShapeOf(s.Size)) is { } packed)
            Convolution.ForwardPacked(c.Pool, default(Identity), c.Batch, c.Floats(s.X), packed, b, c.Floats(s.Y), n);
        else
            MatrixProduct.ForwardWithBias(c.Pool, m, k, n, c.Floats(s.X), c.Floats(s.W), b, c.Floats(s.Y));
    }

    public static void GradientToInput(LinearGradientToInput s, CpuContext c)
    {
        (int m, int k, int n) = Sizes(s.Size, c);
        MatrixProduct.GradientToInput(c.Pool, m, k, n, c.Floats(s.DY), c.Floats(s.W), c.Floats(s.DX));
    }

    public static void GradientToWeights(LinearGradientToWeights s, CpuContext c)
    {
        (int m, int k, int n) = Sizes(s.Size, c);
        MatrixProduct.GradientToWeights(c.Pool, m, k, n, c.Floats(s.X), c.Floats(s.DY), c.Floats(s.DW));
    }

    public static void GradientToBias(Layers.BiasGradient s, CpuContext c)
    {
        (int m, _, int n) = Sizes(s.Size, c);
        Kernels.Elementwise.BiasGradient.Run(c.Pool, m, n, c.Floats(s.DY), c.Floats(s.DB));
    }

    private static (int M, int K, int N) Sizes(LinearSize size, CpuContext c) =>
        (c.Batch * size.Positions, size.Inputs, size.Units);
}
