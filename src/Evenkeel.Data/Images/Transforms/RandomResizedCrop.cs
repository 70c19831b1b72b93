using Evenkeel.Data.Sampling;

namespace Evenkeel.Data.Images.Transforms;

/// <summary>
/// A random part of the image, resized to the square (Szegedy et al. 2015, "Going deeper with convolutions", section 6):
/// its area is a uniform share of the image's and its aspect ratio between 3/4 and 4/3.
/// </summary>
public sealed record RandomResizedCrop : ImageCrop
{
    private const int Tries = 10;

    /// <summary>Least share of the image's area, above 0 and at most 1.</summary>
    public double MinArea
    {
        get;
        init =>
            field = value is > 0 and <= 1
                ? value
                : throw new ArgumentOutOfRangeException(nameof(value), value, "The share must be in (0, 1].");
    } = 0.08;

    /// <summary>Narrowest aspect ratio (shorter to longer side), above 0 and at most 1; wide and tall are as likely.</summary>
    public double MinAspect
    {
        get;
        init =>
            field = value is > 0 and <= 1
                ? value
                : throw new ArgumentOutOfRangeException(nameof(value), value, "The ratio must be in (0, 1].");
    } = 0.75;

    /// <summary>How it is resized; null draws one of the four anew each time.</summary>
    public Interpolation? Interpolation { get; init; }

    /// <inheritdoc/>
    public override int SourceSide => 2 * Side;

    internal override void Cut(ImageWorkspace work, ref SeededRandom random, Rgb padding, Span<float> output)
    {
        Interpolation rule = Interpolation ?? (Interpolation)random.Below(4);
        SourceWindow window = Draw(work.Image, ref random);
        work.Resampler.Run(work.Image, window, Side, Side, rule, output);
    }

    private SourceWindow Draw(ImageBuffer image, ref SeededRandom random)
    {
        double area = (double)image.Height * image.Width;
        for (int i = 0; i < Tries; i++)
        {
            double share = MinArea + ((1 - MinArea) * random.Uniform());
            double aspect = MinAspect + ((1 - MinAspect) * random.Uniform());
            double longer = Math.Sqrt(area * share / aspect);
            int a = (int)(longer + 0.5);
            int b = Math.Max(1, (int)((longer * aspect) + 0.5));
            (int height, int width) = random.Below(2) == 0 ? (a, b) : (b, a);
            if (height > image.Height || width > image.Width)
                continue;
            int top = (int)random.Below((uint)(image.Height - height + 1));
            int left = (int)random.Below((uint)(image.Width - width + 1));
            return new SourceWindow(top, left, height, width);
        }

        int side = Math.Min(image.Height, image.Width);
        return new SourceWindow((image.Height - side) / 2, (image.Width - side) / 2, side, side);
    }
}
