namespace Evenkeel.Data.Images.Transforms;

/// <summary>What one thread needs to read and transform an image; grows to the largest and is then reused.</summary>
internal sealed class ImageWorkspace
{
    private float[] _colors = [];

    /// <summary>The image as read.</summary>
    public ImageBuffer Image { get; } = new();

    /// <summary>Resizes it.</summary>
    public Resampler Resampler { get; } = new();

    /// <summary>Room for pixels in colour, where grey is made of them.</summary>
    public Span<float> Colors(int length)
    {
        if (_colors.Length < length)
            _colors = new float[length];
        return _colors.AsSpan(0, length);
    }
}
