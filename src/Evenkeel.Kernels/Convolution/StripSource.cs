namespace Evenkeel.Kernels.Convolution;

/// <summary>The images that lines are copied from.</summary>
internal struct StripSource
{
    public int Height;
    public int Width;
    public int Channels;

    /// <summary>Floats between neighbouring pixels of an image.</summary>
    public nint PixelStride;

    /// <summary>Floats between neighbouring pixels of the copy.</summary>
    public nint StripPixel;
}
