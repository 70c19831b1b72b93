namespace Evenkeel.Kernels.Convolution.Winograd;

/// <summary>Taps of a kernel along each axis. A type, so that transforms have no loops over them.</summary>
internal interface IWinogradTaps
{
    /// <summary>How many there are.</summary>
    static abstract int Count { get; }
}

/// <summary>Kernels of 3x3.</summary>
internal readonly struct ThreeTaps : IWinogradTaps
{
    /// <inheritdoc/>
    public static int Count => 3;
}

/// <summary>Kernels of 4x4.</summary>
internal readonly struct FourTaps : IWinogradTaps
{
    /// <inheritdoc/>
    public static int Count => 4;
}

/// <summary>Kernels of 5x5.</summary>
internal readonly struct FiveTaps : IWinogradTaps
{
    /// <inheritdoc/>
    public static int Count => 5;
}
