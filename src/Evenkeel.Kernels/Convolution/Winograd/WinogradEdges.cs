namespace Evenkeel.Kernels.Convolution.Winograd;

/// <summary>
/// Whether tiles at the end of lines and images have as many outputs as others. A type, because transforms of few channels take a tenth longer if they have
/// to find out.
/// </summary>
internal interface IWinogradEdges
{
    /// <summary>Whether all tiles have as many outputs.</summary>
    static abstract bool AreEven { get; }
}

/// <summary>All tiles have as many outputs.</summary>
internal readonly struct EvenEdges : IWinogradEdges
{
    /// <inheritdoc/>
    public static bool AreEven => true;
}

/// <summary>Tiles at the end of lines or images have fewer outputs.</summary>
internal readonly struct UnevenEdges : IWinogradEdges
{
    /// <inheritdoc/>
    public static bool AreEven => false;
}
