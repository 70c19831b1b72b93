using Evenkeel.Data.Sampling;

namespace Evenkeel.Data.Images.Transforms;

/// <summary>Which part of an image becomes what the network sees: a square, or a rectangle where the crop can make one.</summary>
public abstract record ImageCrop
{
    private protected ImageCrop() { }

    /// <summary>Side of the square, or height of the rectangle, in pixels, 1 to 4096.</summary>
    public required int Side
    {
        get;
        init => field = DatasetChecks.InRange(value, 1, 4096);
    }

    /// <summary>Width of the result, in pixels: the side, but of rectangles.</summary>
    public virtual int Width => Side;

    /// <summary>What becomes of images that are smaller.</summary>
    public Enlarging Enlarging { get; init; } = Enlarging.Allow;

    /// <summary>Sources need to give no more pixels than this along the shorter side; 0 for all that there are.</summary>
    public abstract int SourceSide { get; }

    /// <summary>Cuts the workspace's image.</summary>
    /// <param name="work">Its image is the source.</param>
    /// <param name="random">Where chance comes from.</param>
    /// <param name="padding">What lies beyond the image, as fractions of 255.</param>
    /// <param name="output">[Side, Width, 3], overwritten with fractions of 255.</param>
    internal abstract void Cut(ImageWorkspace work, ref SeededRandom random, Rgb padding, Span<float> output);

    /// <summary>The shortest side that an image may have; smaller ones are refused.</summary>
    internal virtual int MinSide => Enlarging == Enlarging.Refuse ? Side : 1;
}
