using Evenkeel.Kernels.Linear;

namespace Evenkeel.Kernels.Convolution.Winograd;

/// <summary>
/// The linear maps of a minimal filtering F(m x m, 3x3) after Winograd, as Lavin and Gray (2016) use them: a tile of m x m outputs is
/// A'[(G g G') * (B' d B)]A with the weights g and the window d of (m+2) x (m+2) pixels that the tile sees, * element by element.
/// Each element of a window lies in a plane of its own, line by line; a vector holds that element of several channels.
/// </summary>
internal unsafe interface IWinogradFilter<TVec>
    where TVec : unmanaged
{
    /// <summary>m: outputs of a tile along each axis.</summary>
    static abstract int Outputs { get; }

    /// <summary>B' d B of a vector of channels.</summary>
    /// <param name="pixels">The window.</param>
    /// <param name="channel">First channel.</param>
    /// <param name="lanes">Channels, if the width says that they are not a whole vector.</param>
    /// <param name="kept">Memory for a vector of each element of a window.</param>
    /// <param name="to">Where the first element goes.</param>
    /// <param name="plane">Floats from each element to the next.</param>
    static abstract void Input<TWidth>(
        in PixelSquare pixels,
        nint channel,
        int lanes,
        float* kept,
        float* to,
        nint plane
    )
        where TWidth : struct, ITileWidth;

    /// <summary>G g G' in place: reads 9 elements, writes those of a window.</summary>
    static abstract void Weights(float* g, nint plane);

    /// <summary>A' m, in lines of m + 2 neighbouring vectors.</summary>
    /// <param name="m">The first product of a window.</param>
    /// <param name="plane">Floats from each product to the next.</param>
    /// <param name="kept">Where the m lines go.</param>
    static abstract void OutputColumns(float* m, nint plane, float* kept);

    /// <summary>A line of A' m times A: its outputs, the last two of them zeros if a tile has but two.</summary>
    static abstract void OutputLine(float* line, out TVec y0, out TVec y1, out TVec y2, out TVec y3);

    /// <summary>A e A' of the gradients e of a tile's outputs: what arrives at the products of a window.</summary>
    /// <param name="gradients">The outputs' gradients.</param>
    /// <param name="channel">First channel.</param>
    /// <param name="lanes">Channels, if the width says that they are not a whole vector.</param>
    /// <param name="kept">Memory for a vector of each element of a window.</param>
    /// <param name="to">Where the first element goes.</param>
    /// <param name="plane">Floats from each element to the next.</param>
    static abstract void Gradient<TWidth>(
        in PixelSquare gradients,
        nint channel,
        int lanes,
        float* kept,
        float* to,
        nint plane
    )
        where TWidth : struct, ITileWidth;

    /// <summary>G' m G in place: reads the sums of a window, writes the gradients of the taps into the first three of the first three lines.</summary>
    static abstract void WeightGradient(float* m, nint plane);
}
