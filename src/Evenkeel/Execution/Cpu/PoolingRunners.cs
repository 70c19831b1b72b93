using Evenkeel.Kernels.Pooling;
using Evenkeel.Layers;

namespace Evenkeel.Execution.Cpu;

internal static class PoolingRunners
{
    public static void Forward(MaxPoolForward s, CpuContext c)
    {
        int stride = c.Stride(s.Y, s.Pass.Shape.Channels);
        if (s.Winner is { } winner)
            MaxPooling.Forward(
                c.Pool,
                s.Pass.Shape,
                c.Batch * s.Pass.Frames,
                c.Floats(s.X),
                c.Floats(s.Y),
                stride,
                c.Bytes(winner)
            );
        else
            MaxPooling.Forward(c.Pool, s.Pass.Shape, c.Batch * s.Pass.Frames, c.Floats(s.X), c.Floats(s.Y), stride);
    }

    public static void Backward(MaxPoolBackward s, CpuContext c)
    {
        int stride = c.Stride(s.DY, s.Pass.Shape.Channels);
        if (s.DX.Accumulates)
            MaxPooling.AddBackward(
                c.Pool,
                s.Pass.Shape,
                c.Batch * s.Pass.Frames,
                c.Floats(s.DY),
                stride,
                c.Bytes(s.Winner),
                c.Floats(s.DX)
            );
        else
            MaxPooling.Backward(
                c.Pool,
                s.Pass.Shape,
                c.Batch * s.Pass.Frames,
                c.Floats(s.DY),
                stride,
                c.Bytes(s.Winner),
                c.Floats(s.DX)
            );
    }

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

    public static void Backward(AveragePoolBackward s, CpuContext c)
    {
        int stride = c.Stride(s.DY, s.Pass.Shape.Channels);
        if (s.DX.Accumulates)
            AveragePooling.AddBackward(
                c.Pool,
                s.Pass.Shape,
                s.Divisor,
                c.Batch * s.Pass.Frames,
                c.Floats(s.DY),
                stride,
                c.Floats(s.DX)
            );
        else
            AveragePooling.Backward(
                c.Pool,
                s.Pass.Shape,
                s.Divisor,
                c.Batch * s.Pass.Frames,
                c.Floats(s.DY),
                stride,
                c.Floats(s.DX)
            );
    }

    public static void Forward(GlobalAverageForward s, CpuContext c) =>
        GlobalAveragePooling.Forward(c.Pool, c.Batch, s.Positions, s.Channels, c.Floats(s.X), c.Floats(s.Y));

    public static void Backward(GlobalAverageBackward s, CpuContext c)
    {
        if (s.DX.Accumulates)
            GlobalAveragePooling.AddBackward(c.Pool, c.Batch, s.Positions, s.Channels, c.Floats(s.DY), c.Floats(s.DX));
        else
            GlobalAveragePooling.Backward(c.Pool, c.Batch, s.Positions, s.Channels, c.Floats(s.DY), c.Floats(s.DX));
    }
}
