using Evenkeel.Kernels.Linear;
using Evenkeel.Layers;

namespace Evenkeel.Execution.Cpu;

internal static class LinearRunners
{
    public static void Forward(LinearForward s, CpuContext c) =>
        MatrixProduct.Forward(
            c.Pool,
            c.Batch * s.Size.Positions,
            s.Size.Inputs,
            s.Size.Units,
            c.Floats(s.X),
            c.Floats(s.W),
            c.Floats(s.Y)
        );

    public static void ForwardWithBias(LinearBiasForward s, CpuContext c) =>
        MatrixProduct.ForwardWithBias(
            c.Pool,
            c.Batch * s.Size.Positions,
            s.Size.Inputs,
            s.Size.Units,
            c.Floats(s.X),
            c.Floats(s.W),
            c.Floats(s.B),
            c.Floats(s.Y)
        );

    public static void GradientToInput(LinearGradientToInput s, CpuContext c) =>
        MatrixProduct.GradientToInput(
            c.Pool,
            c.Batch * s.Size.Positions,
            s.Size.Inputs,
            s.Size.Units,
            c.Floats(s.DY),
            c.Floats(s.W),
            c.Floats(s.DX)
        );

    public static void GradientToWeights(LinearGradientToWeights s, CpuContext c) =>
        MatrixProduct.GradientToWeights(
            c.Pool,
            c.Batch * s.Size.Positions,
            s.Size.Inputs,
            s.Size.Units,
            c.Floats(s.X),
            c.Floats(s.DY),
            c.Floats(s.DW)
        );

    public static void GradientToBias(Layers.BiasGradient s, CpuContext c) =>
        Kernels.Elementwise.BiasGradient.Run(
            c.Pool,
            c.Batch * s.Size.Positions,
            s.Size.Units,
            c.Floats(s.DY),
            c.Floats(s.DB)
        );
}
