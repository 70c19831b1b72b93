namespace Evenkeel.Kernels.Pooling;

/// <summary>What an average is divided by.</summary>
public enum AverageDivisor
{
    /// <summary>The real pixels under the window.</summary>
    RealPixels,

    /// <summary>All pixels of the window, whether they lie in the image or around it.</summary>
    Window,
}
