namespace Evenkeel.Kernels.Convolution.Winograd;

/// <summary>
/// The maps of minimal filterings along an axis, of as many points as a window has elements, for one number of taps. Tiles of fewer outputs have fewer of the
/// points (<see cref="WinogradPoints"/>), with the same transformed weights.
/// </summary>
internal unsafe interface IWinogradMaps<TVec>
    where TVec : unmanaged
{
    /// <summary>Points of a whole window: 6 or 8.</summary>
    static abstract int Points { get; }

    /// <summary>Outputs of a whole window.</summary>
    static abstract int Outputs { get; }

    /// <summary>Taps of the kernel.</summary>
    static abstract int TapCount { get; }

    /// <summary>B' of so many elements.</summary>
    static abstract void Input<TLine>(int points, TLine d, WinogradElements to)
        where TLine : struct, IWinogradLine<TVec>;

    /// <summary>G in place: reads as many elements as taps, writes all.</summary>
    static abstract void Weights(float* g, nint step);

    /// <summary>A' of so many elements. Outputs that these do not make are anything.</summary>
    /// <param name="points">How many.</param>
    /// <param name="m">The elements.</param>
    /// <param name="y0">The first output.</param>
    /// <param name="y1">The second output.</param>
    /// <param name="y2">The third output.</param>
    /// <param name="y3">The fourth output.</param>
    /// <param name="y4">The fifth output.</param>
    /// <param name="y5">The sixth output.</param>
    static abstract void Output(
        int points,
        WinogradElements m,
        out TVec y0,
        out TVec y1,
        out TVec y2,
        out TVec y3,
        out TVec y4,
        out TVec y5
    );

    /// <summary>A of the outputs of so many points; those behind the last are zeros.</summary>
    static abstract void Gradient<TLine>(int points, TLine e, WinogradElements to)
        where TLine : struct, IWinogradLine<TVec>;

    /// <summary>G' in place: reads all elements, writes as many as taps.</summary>
    static abstract void Taps(float* m, nint step);
}
