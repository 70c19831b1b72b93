using System.Runtime.CompilerServices;
using Evenkeel.Kernels.Lanes;
using Evenkeel.Kernels.Linear;

namespace Evenkeel.Kernels.Convolution.Winograd;

/// <summary>A line or a column of a window to read, each element a vector of channels.</summary>
internal interface IWinogradLine<TVec>
    where TVec : unmanaged
{
    /// <summary>Element <paramref name="element"/>.</summary>
    TVec Load(int element);
}

/// <summary>A column of pixels, line by line.</summary>
/// <param name="lines">Lines of pixels.</param>
/// <param name="offset">Floats from the beginning of each line.</param>
/// <param name="lanes">Channels, if the width says that they are not a whole vector.</param>
internal readonly unsafe struct PixelColumn<TVec, TLanes, TWidth>(float** lines, nint offset, int lanes)
    : IWinogradLine<TVec>
    where TVec : unmanaged
    where TLanes : struct, ILanes<TVec>
    where TWidth : struct, ITileWidth
{
    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public TVec Load(int element)
    {
        float* pixel = lines[element] + offset;
        return TWidth.LastIsPartial ? TLanes.LoadPartial(pixel, lanes) : TLanes.Load(pixel);
    }
}

/// <summary>Vectors behind each other.</summary>
internal readonly unsafe struct KeptLine<TVec, TLanes>(float* first) : IWinogradLine<TVec>
    where TVec : unmanaged
    where TLanes : struct, ILanes<TVec>
{
    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public TVec Load(int element) => TLanes.Load(first + (element * TLanes.Count));
}
