using Evenkeel.Data.Sampling;

namespace Evenkeel.Data.Images.Transforms;

/// <summary>
/// The middle square, or rectangle, after the image was resized to cover it: how networks are evaluated. Nothing is drawn by chance.
/// </summary>
public sealed record ResizeAndCenterCrop : ImageCrop
{
    /// <summary>Width of a rectangle, in pixels, 1 to 4096; null for a square.</summary>
    public int? RectangleWidth
    {
        get;
        init
        {
            if (value is < 1 or > 4096)
                throw new ArgumentOutOfRangeException(nameof(value), value, "The width must be 1 to 4096.");
            field = value;
        }
    }

    /// <inheritdoc/>
    public override int Width => RectangleWidth ?? Side;

    /// <summary>
    /// The shorter side after resizing, that of the result or more; 0 for that of the result itself. Images keep their proportions.
    /// </summary>
    public int ShorterSide
    {
        get;
        init
        {
            ArgumentOutOfRangeException.ThrowIfNegative(value);
            field = value;
        }
    }

    /// <summary>How it is resized.</summary>
    public Interpolation Interpolation { get; init; } = Interpolation.Area;

    /// <inheritdoc/>
    public override int SourceSide =>
        Math.Max(LongerSide, (int)Math.Ceiling((double)LongerSide * ShorterSide / Shortest));

    private int Shortest => Math.Min(Side, Width);

    private int LongerSide => Math.Max(Side, Width);

    internal override void Cut(ImageWorkspace work, ref SeededRandom random, Rgb padding, Span<float> output)
    {
        ImageBuffer image = work.Image;
        // What the resized image is at least, in its pixels, to cover the result with the margin asked for.
        double larger = Math.Max(Shortest, ShorterSide);
        double scale = Math.Min(image.Height / (Side * larger / Shortest), image.Width / (Width * larger / Shortest));
        (double height, double width) = (Side * scale, Width * scale);
        var window = new SourceWindow((image.Height - height) / 2, (image.Width - width) / 2, height, width);
        work.Resampler.Run(image, window, Side, Width, Interpolation, output);
    }
}
