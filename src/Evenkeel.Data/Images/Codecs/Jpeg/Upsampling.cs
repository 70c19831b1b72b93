namespace Evenkeel.Data.Images.Codecs.Jpeg;

/// <summary>
/// Gives every pixel a sample where a component has fewer: three parts of the nearest and one of the next, in each direction, with the
/// roundings of libjpeg. What has not just half as many is repeated.
/// </summary>
internal static class Upsampling
{
    // Narrower ones are repeated, as libjpeg does.
    private const int LeastWidth = 3;

    /// <summary>The samples of a row of pixels.</summary>
    /// <param name="component">Has the samples.</param>
    /// <param name="y">The row of pixels.</param>
    /// <param name="isSmooth">Whether samples are mixed at all, which they are not at an eighth of the size.</param>
    /// <param name="buffer">Place for them.</param>
    public static ReadOnlySpan<byte> Row(JpegComponent component, int y, bool isSmooth, Span<byte> buffer)
    {
        int nearest = y / component.PixelsDown,
            next = y % component.PixelsDown == 0 ? nearest - 1 : nearest + 1;
        bool isWide = isSmooth && component.Width >= LeastWidth;
        Span<byte> row = buffer[..(component.Width * component.PixelsAcross)];
        switch (component.PixelsAcross, component.PixelsDown)
        {
            case (1, 1):
                return component.Row(y);
            case (2, 1) when isWide:
                Across(component.Row(nearest), row);
                break;
            case (1, 2) when isSmooth:
                Down(component.Row(nearest), component.Row(next), next < nearest ? 1 : 2, row);
                break;
            case (2, 2) when isWide:
                Both(component.Row(nearest), component.Row(next), row);
                break;
            default:
                Repeat(component.Row(nearest), component.PixelsAcross, row);
                break;
        }

        return row;
    }

    private static void Across(ReadOnlySpan<byte> samples, Span<byte> row)
    {
        int last = samples.Length - 1;
        row[0] = samples[0];
        row[^1] = samples[last];
        for (int i = 0; i < last; i++)
        {
            int left = samples[i],
                right = samples[i + 1];
            row[(2 * i) + 1] = (byte)(((3 * left) + right + 2) >> 2);
            row[(2 * i) + 2] = (byte)(((3 * right) + left + 1) >> 2);
        }
    }

    private static void Down(ReadOnlySpan<byte> nearest, ReadOnlySpan<byte> next, int rounding, Span<byte> row)
    {
        for (int i = 0; i < row.Length; i++)
            row[i] = (byte)(((3 * nearest[i]) + next[i] + rounding) >> 2);
    }

    private static void Both(ReadOnlySpan<byte> nearest, ReadOnlySpan<byte> next, Span<byte> row)
    {
        int last = nearest.Length - 1;
        next = next[..nearest.Length];
        int left = (3 * nearest[0]) + next[0];
        row[0] = (byte)(((4 * left) + 8) >> 4);
        for (int i = 0; i < last; i++)
        {
            int right = (3 * nearest[i + 1]) + next[i + 1];
            row[(2 * i) + 1] = (byte)(((3 * left) + right + 7) >> 4);
            row[(2 * i) + 2] = (byte)(((3 * right) + left + 8) >> 4);
            left = right;
        }

        row[^1] = (byte)(((4 * left) + 7) >> 4);
    }

    private static void Repeat(ReadOnlySpan<byte> samples, int times, Span<byte> row)
    {
        for (int i = 0; i < samples.Length; i++)
            row.Slice(i * times, times).Fill(samples[i]);
    }
}
