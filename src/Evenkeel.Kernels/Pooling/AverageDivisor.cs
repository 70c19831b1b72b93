namespace Evenkeel.Kernels.Pooling;

/// <summary>What an average is divided by.</summary>
public enum AverageDivisor
{
    /// <summary>The real pixels under the window.</summary>
    RealPixels,

    /// <summary>
    /// The pixels of the window that lie in the image or in its padding, taken to be as wide at the end of an axis as at its
    /// beginning; what a window covers beyond that does not count.
    /// </summary>
    Window,
}
