namespace Evenkeel.Data.Images.Transforms;

/// <summary>What one thread needs to read and transform an image; grows to the largest and is then reused.</summary>
internal sealed class ImageWorkspace
{
    /// <summary>The image as read.</summary>
    public ImageBuffer Image { get; } = new();

    /// <summary>Resizes it.</summary>
    public Resampler Resampler { get; } = new();
}
