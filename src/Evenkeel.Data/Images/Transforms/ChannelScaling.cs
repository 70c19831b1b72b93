namespace Evenkeel.Data.Images.Transforms;

/// <summary>(pixel / 255 - mean) / standard deviation, per channel.</summary>
/// <param name="Mean">Mean of pixel / 255.</param>
/// <param name="StandardDeviation">Standard deviation of pixel / 255, above 0.</param>
public sealed record ChannelScaling(Rgb Mean, Rgb StandardDeviation)
{
    /// <summary>Pixel / 255, in 0 to 1.</summary>
    public static ChannelScaling Unit { get; } = new(default, new Rgb(1, 1, 1));

    /// <summary>Mean of pixel / 255.</summary>
    public Rgb Mean { get; init; } =
        double.IsFinite(Mean.Red + Mean.Green + Mean.Blue)
            ? Mean
            : throw new ArgumentOutOfRangeException(nameof(Mean), Mean, "The mean must be finite.");

    /// <summary>Standard deviation of pixel / 255, above 0.</summary>
    public Rgb StandardDeviation { get; init; } =
        IsAboveZero(StandardDeviation.Red)
        && IsAboveZero(StandardDeviation.Green)
        && IsAboveZero(StandardDeviation.Blue)
            ? StandardDeviation
            : throw new ArgumentOutOfRangeException(
                nameof(StandardDeviation),
                StandardDeviation,
                "The standard deviations must be above 0; constant channels cannot be scaled."
            );

    /// <summary>
    /// Measures images in one pass: every pixel of every image counts alike. Measure the training part and use it for all.
    /// </summary>
    /// <param name="images">The images, at least one.</param>
    /// <param name="shorterSide">Images may be read scaled down to this shorter side, see <see cref="IImageSource.Read"/>.</param>
    /// <exception cref="ArgumentException">There is no image, or a channel is constant.</exception>
    public static ChannelScaling Measure(IImageSource images, int shorterSide = 0)
    {
        ArgumentNullException.ThrowIfNull(images);
        if (images.Count < 1)
            throw new ArgumentException($"{images.Name}: there are no images to measure.", nameof(images));
        var buffer = new ImageBuffer();
        Span<double> sums = stackalloc double[2 * ImageBuffer.Channels];
        sums.Clear();
        double count = 0;
        for (int i = 0; i < images.Count; i++)
        {
            images.Read(i, buffer, shorterSide);
            AddImage(buffer.Pixels, sums);
            count += (double)buffer.Height * buffer.Width;
        }

        var mean = new Rgb(sums[0] / count, sums[1] / count, sums[2] / count);
        return new ChannelScaling(
            new Rgb(mean.Red / 255, mean.Green / 255, mean.Blue / 255),
            new Rgb(
                Deviation(sums[3] / count, mean.Red),
                Deviation(sums[4] / count, mean.Green),
                Deviation(sums[5] / count, mean.Blue)
            )
        );
    }

    internal void Append(ref ColorMap map) =>
        map.ThenScale(
            new Rgb(1 / StandardDeviation.Red, 1 / StandardDeviation.Green, 1 / StandardDeviation.Blue),
            new Rgb(
                -Mean.Red / StandardDeviation.Red,
                -Mean.Green / StandardDeviation.Green,
                -Mean.Blue / StandardDeviation.Blue
            )
        );

    // Whole numbers, and below 2^53 for any data set that fits a disk, so all sums are exact.
    private static void AddImage(ReadOnlySpan<byte> pixels, Span<double> sums)
    {
        (long r, long g, long b, long rr, long gg, long bb) = (0, 0, 0, 0, 0, 0);
        for (int i = 0; i + 2 < pixels.Length; i += ImageBuffer.Channels)
        {
            (int red, int green, int blue) = (pixels[i], pixels[i + 1], pixels[i + 2]);
            (r, g, b) = (r + red, g + green, b + blue);
            (rr, gg, bb) = (rr + (red * red), gg + (green * green), bb + (blue * blue));
        }

        (sums[0], sums[1], sums[2]) = (sums[0] + r, sums[1] + g, sums[2] + b);
        (sums[3], sums[4], sums[5]) = (sums[3] + rr, sums[4] + gg, sums[5] + bb);
    }

    private static double Deviation(double meanSquare, double mean) =>
        Math.Sqrt(Math.Max(0, meanSquare - (mean * mean))) / 255;

    private static bool IsAboveZero(double value) => value > 0 && double.IsFinite(value);
}
