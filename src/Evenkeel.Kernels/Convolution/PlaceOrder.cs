namespace Evenkeel.Kernels.Convolution;

/// <summary>The order in which tiles take places.</summary>
internal enum PlaceOrder
{
    /// <summary>Image by image, as they lie in memory.</summary>
    Images,

    /// <summary>The first line of all images, the second, ...: a tile's taps lie in the padding together, above and below.</summary>
    Lines,

    /// <summary>The first place of all images, the second, ...: a tile's taps lie in the padding together on every side.</summary>
    Places,
}
