using Evenkeel.Kernels.Linear;

namespace Evenkeel.Kernels.Convolution.Winograd;

/// <summary>
/// The linear maps of a minimal filtering F(m x m, r x r) after Winograd, as Lavin and Gray (2016) use them: a tile of m x m outputs is
/// A'[(G g G') * (B' d B)]A with the weights g and the window d of (m+r-1) x (m+r-1) pixels that the tile sees, * element by element.
/// Each element of a window lies in a plane of its own, line by line; a vector holds that element of several channels. A tile of fewer outputs has the
/// elements of its own points alone (<see cref="WinogradPoints"/>).
/// </summary>
internal unsafe interface IWinogradFilter<TVec>
    where TVec : unmanaged
{
    /// <summary>m: outputs of a tile along each axis.</summary>
    static abstract int Outputs { get; }

    /// <summary>m + r - 1: elements of a window along each axis.</summary>
    static abstract int Window { get; }

    /// <summary>r: taps of the kernel along each axis.</summary>
    static abstract int Taps { get; }

    /// <summary>Whether all tiles have m outputs along each axis.</summary>
    static abstract bool AreEven { get; }

    /// <summary>B' d B of a vector of channels, into the next rows of <paramref name="planes"/>.</summary>
    /// <param name="pixels">The window.</param>
    /// <param name="outputs">Lines and columns of the tile's outputs, 1 to m.</param>
    /// <param name="channel">First channel.</param>
    /// <param name="lanes">Channels, if the width says that they are not a whole vector.</param>
    /// <param name="planes">Where elements go.</param>
    static abstract void Input<TWidth>(
        in PixelSquare pixels,
        (int Lines, int Columns) outputs,
        nint channel,
        int lanes,
        ref WinogradPlanes planes
    )
        where TWidth : struct, ITileWidth;

    /// <summary>G g G' in place: reads taps where the first r elements of the first r lines of a window lie, writes all.</summary>
    static abstract void Weights(float* g, nint plane);

    /// <summary>A' m, in lines of m + r - 1 neighbouring vectors.</summary>
    /// <param name="products">Where the products of a window lie; the lines go to what they keep.</param>
    /// <param name="outputs">Lines and columns of the tile's outputs, 1 to m.</param>
    /// <param name="channel">First channel.</param>
    static abstract void OutputColumns(ref WinogradPlanes products, (int Lines, int Columns) outputs, nint channel);

    /// <summary>A line of A' m times A: its outputs, of which those that the tile does not have are anything.</summary>
    /// <param name="line">The line.</param>
    /// <param name="outputs">Columns of the tile's outputs, 1 to m.</param>
    /// <param name="y0">The first output.</param>
    /// <param name="y1">The second output.</param>
    /// <param name="y2">The third output.</param>
    /// <param name="y3">The fourth output.</param>
    /// <param name="y4">The fifth output.</param>
    /// <param name="y5">The sixth output.</param>
    static abstract void OutputLine(
        float* line,
        int outputs,
        out TVec y0,
        out TVec y1,
        out TVec y2,
        out TVec y3,
        out TVec y4,
        out TVec y5
    );

    /// <summary>A e A' of the gradients e of a tile's outputs: what arrives at the products of a window.</summary>
    /// <param name="gradients">The outputs' gradients.</param>
    /// <param name="outputs">Lines and columns of the tile's outputs, 1 to m.</param>
    /// <param name="channel">First channel.</param>
    /// <param name="lanes">Channels, if the width says that they are not a whole vector.</param>
    /// <param name="planes">Where elements go.</param>
    static abstract void Gradient<TWidth>(
        in PixelSquare gradients,
        (int Lines, int Columns) outputs,
        nint channel,
        int lanes,
        ref WinogradPlanes planes
    )
        where TWidth : struct, ITileWidth;

    /// <summary>G' m G in place: reads the sums of a window, writes the gradients of the taps into the first r of the first r lines.</summary>
    static abstract void WeightGradient(float* m, nint plane);
}
