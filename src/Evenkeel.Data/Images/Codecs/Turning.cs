namespace Evenkeel.Data.Images.Codecs;

/// <summary>Turns and mirrors images as their orientation says.</summary>
internal static class Turning
{
    /// <summary>Writes an image upright.</summary>
    /// <param name="stored">As it is stored.</param>
    /// <param name="orientation">How that is.</param>
    /// <param name="image">Overwritten; height and width change places for quarter turns.</param>
    public static void Apply(ImageBuffer stored, Orientation orientation, ImageBuffer image)
    {
        (int height, int width) = (stored.Height, stored.Width);
        bool quarter = orientation >= Orientation.Transposed;
        image.Resize(quarter ? width : height, quarter ? height : width);
        // Where the first pixel comes from, and how far the next row and the next pixel of a row lie from it, in stored pixels.
        int last = (height - 1) * width,
            right = width - 1;
        (int first, int down, int along) = orientation switch
        {
            Orientation.Mirrored => (right, width, -1),
            Orientation.UpsideDown => (last + right, -width, -1),
            Orientation.MirroredUpsideDown => (last, -width, 1),
            Orientation.Transposed => (0, 1, width),
            Orientation.OnLeftSide => (last, 1, -width),
            Orientation.TransposedUpsideDown => (last + right, -1, -width),
            Orientation.OnRightSide => (right, -1, width),
            _ => (0, width, 1),
        };
        ReadOnlySpan<byte> from = stored.Pixels;
        for (int y = 0; y < image.Height; y++)
        {
            Span<byte> row = image.Row(y);
            int at = (first + (y * down)) * ImageBuffer.Channels;
            for (int x = 0; x < row.Length; x += ImageBuffer.Channels, at += along * ImageBuffer.Channels)
                (row[x], row[x + 1], row[x + 2]) = (from[at], from[at + 1], from[at + 2]);
        }
    }
}
