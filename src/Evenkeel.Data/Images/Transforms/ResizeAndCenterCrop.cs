using Evenkeel.Data.Sampling;

namespace Evenkeel.Data.Images.Transforms;

/// <summary>The middle square after the shorter side was resized: how networks are evaluated. Nothing is drawn by chance.</summary>
public sealed record ResizeAndCenterCrop : ImageCrop
{
    /// <summary>The shorter side after resizing, <see cref="ImageCrop.Side"/> or more; 0 for the side itself.</summary>
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
    public override int SourceSide => Math.Max(Side, ShorterSide);

    internal override void Cut(ImageWorkspace work, ref SeededRandom random, Rgb padding, Span<float> output)
    {
        ImageBuffer image = work.Image;
        double scale = (double)Math.Min(image.Height, image.Width) / SourceSide;
        double side = Side * scale;
        var window = new SourceWindow((image.Height - side) / 2, (image.Width - side) / 2, side, side);
        work.Resampler.Run(image, window, Side, Side, Interpolation, output);
    }
}
