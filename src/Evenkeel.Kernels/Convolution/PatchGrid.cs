namespace Evenkeel.Kernels.Convolution;

/// <summary>
/// Places on a regular grid of a batch of images, each with a patch of source pixels to read and one pixel to write. The forward
/// pass has one grid; the gradient of the input has one for each remainder of the strides, so that no tap misses.
/// </summary>
internal unsafe struct PatchGrid
{
    public int Batch;
    public PlaceOrder Order;
    public int PlacesY;
    public int PlacesX;

    public float* Source;
    public int Height;
    public int Width;

    /// <summary>Floats between neighbouring pixels of the source.</summary>
    public nint PixelStride;

    /// <summary>Floats to read of each pixel.</summary>
    public int Channels;
    public int TapsY;
    public int TapsX;
    public int StepY;
    public int StepX;

    /// <summary>Source row and column of the first tap at place 0, 0; negative in the padding.</summary>
    public int FirstY;
    public int FirstX;

    /// <summary>Pixel that place 0, 0 of image 0 writes.</summary>
    public float* Target;
    public nint TargetPixel;
    public nint TargetStepX;
    public nint TargetStepY;
    public nint TargetImage;

    /// <summary>Places in all images.</summary>
    public readonly int Places => Batch * PlacesY * PlacesX;

    /// <summary>Floats of a whole patch.</summary>
    public readonly int Depth => TapsY * TapsX * Channels;

    /// <summary>Floats of one row of taps.</summary>
    public readonly int RowDepth => TapsX * Channels;

    /// <summary>Patches are pixels, place after place, and need not be gathered.</summary>
    public readonly bool ReadsInPlace =>
        TapsY == 1
        && TapsX == 1
        && StepY == 1
        && StepX == 1
        && FirstY == 0
        && FirstX == 0
        && PlacesY == Height
        && PlacesX == Width;

    /// <summary>Targets lie evenly spaced, place after place.</summary>
    public readonly bool WritesInPlace =>
        TargetStepX == TargetPixel && TargetStepY == PlacesX * TargetStepX && TargetImage == PlacesY * TargetStepY;
}
