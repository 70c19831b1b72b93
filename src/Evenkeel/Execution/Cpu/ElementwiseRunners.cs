using Evenkeel.Kernels.Elementwise;
using Evenkeel.Layers;
using Evenkeel.Operations;

namespace Evenkeel.Execution.Cpu;

internal static class ElementwiseRunners
{
    public static void AddUp(AddForward s, CpuContext c) => ActivationDispatch.Run(s.Fused, new AddBody(s, c));

    public static void Multiply(MultiplyChannelsForward s, CpuContext c) =>
        ChannelProduct.Run(
            c.Pool,
            s.Shape.Positions,
            s.Shape.Channels,
            c.Floats(s.X),
            c.Floats(s.Factors),
            c.Floats(s.Y)
        );

    public static void AddBias(AddChannelBias s, CpuContext c) => ChannelBias.Add(c.Pool, c.Floats(s.B), c.Floats(s.Y));

    public static void Copy(CopyRows s, CpuContext c)
    {
        if (c.Batch == 0)
            return;
        int rows = c.Batch * s.Positions;
        Span<float> source = c.Floats(s.Source)[s.SourceOffset..];
        Span<float> target = c.Floats(s.Target)[s.TargetOffset..];
        int from = c.RowStride(s.Source, s.Positions),
            to = c.RowStride(s.Target.Buffer, s.Positions);
        RowCopy.Run(c.Pool, rows, s.Channels, source, from, target, to, s.Target.Accumulates);
    }

    public static void Drop(DropoutStep s, CpuContext c) =>
        Kernels.Elementwise.Dropout.Run(c.Pool, s.Rate, s.Seed, c.Scalars.StepNumber, c.Floats(s.X), c.Floats(s.Y));

    public static void Forward(LocalResponseForward s, CpuContext c) =>
        Kernels.Norm.LocalResponseNorm.Forward(
            c.Pool,
            c.Batch * s.Shape.Positions,
            s.Shape.Channels,
            WindowOf(s.Norm),
            c.Floats(s.X),
            c.Floats(s.Y)
        );

    public static void Backward(LocalResponseBackward s, CpuContext c) =>
        Kernels.Norm.LocalResponseNorm.Backward(
            c.Pool,
            c.Batch * s.Shape.Positions,
            s.Shape.Channels,
            WindowOf(s.Norm),
            c.Floats(s.X),
            c.Floats(s.Y),
            c.Floats(s.DY),
            c.Floats(s.DX)
        );

    private static Kernels.Norm.ResponseWindow WindowOf(LocalResponseNorm norm) =>
        new(norm.Size, norm.Alpha, norm.Beta, norm.K);

    private readonly struct AddBody(AddForward s, CpuContext c) : IActivationBody
    {
        void IActivationBody.Run<TAct>(TAct activation) =>
            Sum.Add(c.Pool, activation, c.Floats(s.A), c.Floats(s.B), c.Floats(s.Y));
    }
}
