using Evenkeel.Kernels.Pooling;

namespace Evenkeel.Kernels.Tests.Pooling;

/// <summary>Shapes with odd windows, strides, paddings and overhangs, and reproducible values.</summary>
internal static class PoolingCase
{
    public static IEnumerable<PoolingShape> Geometries =>
        [
            Shape(7, 9, 3, 3, 2, 2, 0, 0, 3, 4), // even
            Shape(8, 8, 3, 3, 2, 2, 0, 0, 4, 4), // ceil mode: the last window hangs over
            Shape(8, 7, 3, 3, 2, 2, 1, 1, 4, 4), // padded
            Shape(6, 5, 3, 3, 1, 1, 1, 1, 6, 5), // same size
            Shape(5, 6, 3, 3, 1, 1, 0, 0, 3, 4), // valid
            Shape(6, 7, 3, 3, 1, 1, 0, 2, 6, 7), // padding on one side only
            Shape(7, 6, 2, 3, 3, 2, 1, 0, 3, 3), // rows that no window covers, an asymmetric window
            Shape(9, 4, 5, 1, 2, 3, 2, 0, 5, 2), // columns that no window covers
            Shape(4, 5, 4, 5, 1, 1, 0, 0, 1, 1), // one window over all
            Shape(1, 1, 3, 3, 1, 1, 1, 1, 1, 1), // a single pixel
            Shape(3, 2, 7, 6, 1, 1, 3, 2, 4, 3), // windows larger than the image
        ];

    public static PoolingShape Shape(int h, int w, int wh, int ww, int sy, int sx, int top, int left, int oh, int ow) =>
        new()
        {
            Height = h,
            Width = w,
            Channels = 1,
            WindowHeight = wh,
            WindowWidth = ww,
            StrideY = sy,
            StrideX = sx,
            PadTop = top,
            PadLeft = left,
            OutputHeight = oh,
            OutputWidth = ow,
        };

    /// <summary>Values in (-1, 1); few of them, so that windows have ties.</summary>
    public static float[] Values(long length, int seed, int steps = 64)
    {
        var random = new Random(seed);
        float[] values = new float[length];
        foreach (ref float value in values.AsSpan())
            value = (random.Next(-steps, steps + 1) + 0.25f) / (steps + 1);
        return values;
    }

    /// <summary>Rows of <paramref name="channels"/> values spread so that they lie <paramref name="stride"/> apart.</summary>
    public static float[] Spread(float[] dense, int channels, int stride)
    {
        int rows = dense.Length / channels;
        float[] spread = new float[rows == 0 ? 0 : ((rows - 1) * stride) + channels];
        Array.Fill(spread, float.NaN);
        for (int i = 0; i < dense.Length; i++)
            spread[(i / channels * stride) + (i % channels)] = dense[i];
        return spread;
    }

    /// <summary>The rows that <see cref="Spread"/> spread; what lies between must be untouched.</summary>
    public static float[] Gather(ReadOnlySpan<float> spread, int channels, int stride)
    {
        var dense = new List<float>();
        for (int i = 0; i < spread.Length; i++)
        {
            if (i % stride < channels)
                dense.Add(spread[i]);
            else if (!float.IsNaN(spread[i]))
                Assert.Fail($"Float {i}, between rows, was written.");
        }

        return [.. dense];
    }
}
