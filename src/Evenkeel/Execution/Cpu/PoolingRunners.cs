using Evenkeel.Kernels.Elementwise;
using Evenkeel.Kernels.Pooling;
using Evenkeel.Layers;

namespace Evenkeel.Execution.Cpu;

internal static class PoolingRunners
{
    public static void Forward(MaxPoolForward s, CpuContext c)
    {
        if (s.Norm is { Site.Fused: null })
        {
            Normalized(s, default(Identity), c);
            return;
        }

        if (s.Norm is not null)
        {
            Normalized(s, default(Kernels.Elementwise.Relu), c);
            return;
        }

        PoolingShape shape = s.Pass.Shape;
        int images = c.Batch * s.Pass.Frames,
            stride = c.Stride(s.Y, shape.Channels);
        Span<float> x = c.Floats(s.X),
            y = c.Floats(s.Y);
        if (s.Winner is { } winner)
            MaxPooling.Forward(c.Pool, shape, images, x, y, stride, c.Bytes(winner));
        else
            MaxPooling.Forward(c.Pool, shape, images, x, y, stride);
    }

    private static void Normalized<TAct>(MaxPoolForward s, TAct activation, CpuContext c)
        where TAct : struct, IActivation =>
        MaxPooling.Forward(
            c.Pool,
            s.Pass.Shape,
            c.Batch * s.Pass.Frames,
            c.Normalized(s.Norm!, activation),
            c.Floats(s.Y),
            c.Stride(s.Y, s.Pass.Shape.Channels),
            c.Bytes(s.Winner!.Value)
        );

    public static void Backward(MaxPoolBackward s, CpuContext c) =>
        MaxPooling.Backward(
            c.Pool,
            s.Pass.Shape,
            c.Batch * s.Pass.Frames,
            c.Floats(s.DY),
            c.Stride(s.DY, s.Pass.Shape.Channels),
            c.Bytes(s.Winner),
            c.Floats(s.DX),
            s.DX.Accumulates
        );

    public static void Forward(AveragePoolForward s, CpuContext c) =>
        AveragePooling.Forward(
            c.Pool,
            s.Pass.Shape,
            s.Divisor,
            c.Batch * s.Pass.Frames,
            c.Floats(s.X),
            c.Floats(s.Y),
            c.Stride(s.Y, s.Pass.Shape.Channels)
        );

    public static void Backward(AveragePoolBackward s, CpuContext c) =>
        AveragePooling.Backward(
            c.Pool,
            s.Pass.Shape,
            s.Divisor,
            c.Batch * s.Pass.Frames,
            c.Floats(s.DY),
            c.Stride(s.DY, s.Pass.Shape.Channels),
            c.Floats(s.DX),
            s.DX.Accumulates
        );

    public static void Forward(GlobalAverageForward s, CpuContext c) =>
        GlobalAveragePooling.Forward(c.Pool, c.Batch, s.Positions, s.Channels, c.Floats(s.X), c.Floats(s.Y));

    public static void Backward(GlobalAverageBackward s, CpuContext c)
    {
        Span<float> dy = c.Floats(s.DY),
            dx = c.Floats(s.DX);
        GlobalAveragePooling.Backward(c.Pool, c.Batch, s.Positions, s.Channels, dy, dx, s.DX.Accumulates);
    }
}
