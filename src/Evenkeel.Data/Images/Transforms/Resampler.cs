using System.Numerics;

namespace Evenkeel.Data.Images.Transforms;

/// <summary>
/// Makes a rectangle of an image into one of another size, rows first: each output row is a weighted sum of source rows,
/// then each of its pixels a weighted sum within that row.
/// </summary>
internal sealed class Resampler
{
    private readonly Taps _rows = new();
    private readonly Taps _columns = new();
    private float[] _line = [];

    /// <summary>Resizes.</summary>
    /// <param name="image">The source.</param>
    /// <param name="window">Which part of it.</param>
    /// <param name="height">Rows to make.</param>
    /// <param name="width">Pixels of a row to make.</param>
    /// <param name="interpolation">The rule.</param>
    /// <param name="output">[height, width, 3], overwritten with fractions of 255.</param>
    public void Run(
        ImageBuffer image,
        SourceWindow window,
        int height,
        int width,
        Interpolation interpolation,
        Span<float> output
    )
    {
        _rows.Build(window.Top, window.Height, height, image.Height, interpolation);
        _columns.Build(window.Left, window.Width, width, image.Width, interpolation);
        int first = _columns.First[0];
        int used = (_columns.First[width - 1] + _columns.PerPixel - first) * ImageBuffer.Channels;

        // One value more, because pixels are read four values at a time.
        if (_line.Length < used + 1)
            _line = new float[used + 1];
        int stride = width * ImageBuffer.Channels;
        for (int y = 0; y < height; y++)
        {
            SumRows(image, y, first * ImageBuffer.Channels, _line.AsSpan(0, used));
            SumColumns(width, first, output.Slice(y * stride, stride));
        }
    }

    private void SumRows(ImageBuffer image, int y, int from, Span<float> line)
    {
        ReadOnlySpan<float> weights = _rows.Weights(y);
        int top = _rows.First[y];
        PixelLines.Scale(image.Row(top).Slice(from, line.Length), weights[0] / 255f, line);
        for (int i = 1; i < weights.Length; i++)
        {
            if (weights[i] != 0)
                PixelLines.Add(image.Row(top + i).Slice(from, line.Length), weights[i] / 255f, line);
        }
    }

    private void SumColumns(int width, int first, Span<float> output)
    {
        ReadOnlySpan<float> line = _line;
        ReadOnlySpan<int> starts = _columns.First;
        for (int x = 0; x < width; x++)
        {
            ReadOnlySpan<float> weights = _columns.Weights(x);
            ReadOnlySpan<float> from = line[((starts[x] - first) * ImageBuffer.Channels)..];
            Vector4 sum = new Vector4(from) * weights[0];
            for (int i = 1; i < weights.Length; i++)
                sum += new Vector4(from[(i * ImageBuffer.Channels)..]) * weights[i];
            Span<float> to = output[(x * ImageBuffer.Channels)..];
            if (to.Length > ImageBuffer.Channels)
                sum.CopyTo(to);
            else
                (to[0], to[1], to[2]) = (sum.X, sum.Y, sum.Z);
        }
    }
}
