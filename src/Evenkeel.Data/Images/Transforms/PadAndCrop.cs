using Evenkeel.Data.Sampling;

namespace Evenkeel.Data.Images.Transforms;

/// <summary>
/// A random square of the image with a border around it, without resizing: the usual augmentation of small images such as
/// CIFAR's. The border is the mean colour, zero once scaled. Images that with their border are still smaller than the
/// square are refused.
/// </summary>
public sealed record PadAndCrop : ImageCrop
{
    /// <summary>Pixels of border on each side, 0 to 4096.</summary>
    public int Padding
    {
        get;
        init
        {
            ArgumentOutOfRangeException.ThrowIfNegative(value);
            ArgumentOutOfRangeException.ThrowIfGreaterThan(value, 4096);
            field = value;
        }
    } = 4;

    /// <inheritdoc/>
    public override int SourceSide => 0;

    internal override int MinSide => Enlarging == Enlarging.Refuse ? Side : Math.Max(1, Side - (2 * Padding));

    internal override void Cut(ImageWorkspace work, ref SeededRandom random, Rgb padding, Span<float> output)
    {
        ImageBuffer image = work.Image;
        int top = (int)random.Below((uint)(image.Height + (2 * Padding) - Side + 1)) - Padding;
        int left = (int)random.Below((uint)(image.Width + (2 * Padding) - Side + 1)) - Padding;
        int firstX = Math.Max(0, -left);
        int endX = Math.Min(Side, image.Width - left);
        for (int y = 0; y < Side; y++)
        {
            Span<float> line = output.Slice(y * Side * ImageBuffer.Channels, Side * ImageBuffer.Channels);
            int from = top + y;
            if ((uint)from >= (uint)image.Height)
            {
                Fill(line, padding);
                continue;
            }

            Fill(line[..(firstX * ImageBuffer.Channels)], padding);
            Fill(line[(endX * ImageBuffer.Channels)..], padding);
            ReadOnlySpan<byte> row = image
                .Row(from)
                .Slice((left + firstX) * ImageBuffer.Channels, (endX - firstX) * ImageBuffer.Channels);
            PixelLines.Scale(row, 1f / 255f, line[(firstX * ImageBuffer.Channels)..]);
        }
    }

    private static void Fill(Span<float> pixels, Rgb color)
    {
        for (int i = 0; i < pixels.Length; i += ImageBuffer.Channels)
        {
            pixels[i] = (float)color.Red;
            pixels[i + 1] = (float)color.Green;
            pixels[i + 2] = (float)color.Blue;
        }
    }
}
