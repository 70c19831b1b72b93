using System.Runtime.CompilerServices;
using Evenkeel.Kernels.Convolution.Patches;
using Evenkeel.Kernels.Lanes;
using Evenkeel.Kernels.Linear;
using Evenkeel.Kernels.Loops;

namespace Evenkeel.Kernels.Convolution.Winograd;

/// <summary>Transforms what tiles see and what arrives at them; pixels outside the image are zeros.</summary>
internal static unsafe class WinogradTiles<TVec, TLanes, TFilter>
    where TVec : unmanaged
    where TLanes : struct, ILanes<TVec>
    where TFilter : struct, IWinogradFilter<TVec>
{
    // Channels of a pixel, so that what is asked for stays in the first-level cache.
    private const int MostAsked = 128;

    /// <summary>Lines and columns of the outputs of the tile at <paramref name="position"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static (int Lines, int Columns) Outputs(in WinogradTilePosition position) =>
        TFilter.AreEven ? (TFilter.Outputs, TFilter.Outputs) : position.Outputs;

    /// <summary>Transforms the windows of <paramref name="count"/> tiles from <paramref name="position"/> on.</summary>
    /// <param name="grid">The positions and what they see.</param>
    /// <param name="position">The first tile.</param>
    /// <param name="count">Tiles.</param>
    /// <param name="zeros">As many zeros as the widest line of pixels.</param>
    /// <param name="planes">Where they go; left behind the last tile.</param>
    [MethodImpl(HotMethods.Loop)]
    [SkipLocalsInit]
    public static void Inputs(
        in PatchGrid grid,
        WinogradTilePosition position,
        int count,
        float* zeros,
        ref WinogradPlanes planes
    )
    {
        float** lines = stackalloc float*[TFilter.Window];
        for (; count > 0; count--)
        {
            ImagePlace place = Seen(grid, position);
            var pixels = new PixelSquare(lines, TFilter.Window, place, zeros);
            AskNext(lines, TFilter.Window, place, grid.Channels);
            (int, int) outputs = Outputs(position);
            int channel = 0;
            for (; channel + TLanes.Count <= grid.Channels; channel += TLanes.Count)
                TFilter.Input<OneVector>(pixels, outputs, channel, 0, ref planes);
            if (channel < grid.Channels)
                TFilter.Input<OnePartialVector>(pixels, outputs, channel, grid.Channels - channel, ref planes);
            planes.Pass(position);
            position.Move(1);
        }
    }

    /// <summary>Transforms the gradients of the outputs of <paramref name="count"/> tiles from <paramref name="position"/> on.</summary>
    /// <param name="grid">The grid of the forward pass.</param>
    /// <param name="position">The first tile.</param>
    /// <param name="count">Tiles.</param>
    /// <param name="zeros">As many zeros as the widest line of pixels.</param>
    /// <param name="columns">The first output channel, and how many.</param>
    /// <param name="planes">Where they go; left behind the last tile.</param>
    [MethodImpl(HotMethods.Loop)]
    [SkipLocalsInit]
    public static void Gradients(
        in PatchGrid grid,
        WinogradTilePosition position,
        int count,
        float* zeros,
        (int First, int Count) columns,
        ref WinogradPlanes planes
    )
    {
        float** lines = stackalloc float*[TFilter.Outputs];
        for (; count > 0; count--)
        {
            ImagePlace place = Made(grid, position);
            place.First += columns.First;
            var pixels = new PixelSquare(lines, TFilter.Outputs, place, zeros);
            AskNext(lines, TFilter.Outputs, place, columns.Count);
            (int, int) outputs = Outputs(position);
            int column = 0;
            for (; column + TLanes.Count <= columns.Count; column += TLanes.Count)
                TFilter.Gradient<OneVector>(pixels, outputs, column, 0, ref planes);
            if (column < columns.Count)
                TFilter.Gradient<OnePartialVector>(pixels, outputs, column, columns.Count - column, ref planes);
            planes.Pass(position);
            position.Move(1);
        }
    }

    // Asks for those pixels of a line's next tile that this one does not have. They wait in the second-level cache, and a transform of few channels does
    // not hide the way from there.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void AskNext(float** lines, int side, in ImagePlace place, int channels)
    {
        if (channels > MostAsked || place.X + side + TFilter.Outputs > place.Width)
            return;
        for (int line = 0; line < side; line++)
        {
            float* pixel = lines[line] + (side * place.Pixel);
            for (int i = 0; i < TFilter.Outputs; i++, pixel += place.Pixel)
                AheadRange.Ask(pixel, pixel + channels);
        }
    }

    // The first pixel that a tile sees.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ImagePlace Seen(in PatchGrid grid, in WinogradTilePosition position)
    {
        int y = (TFilter.Outputs * position.Y) + grid.FirstY,
            x = (TFilter.Outputs * position.X) + grid.FirstX;
        ImagePlace place;
        place.Pixel = grid.PixelStride;
        place.Line = grid.Width * grid.PixelStride;
        place.First = grid.Source + ((((nint)position.Image * grid.Height) + y) * place.Line) + (x * place.Pixel);
        (place.Y, place.X, place.Height, place.Width) = (y, x, grid.Height, grid.Width);
        return place;
    }

    // The first position that a tile makes.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ImagePlace Made(in PatchGrid grid, in WinogradTilePosition position)
    {
        int y = TFilter.Outputs * position.Y,
            x = TFilter.Outputs * position.X;
        ImagePlace place;
        place.Pixel = grid.TargetPixel;
        place.Line = grid.TargetStepY;
        place.First = grid.Target + (position.Image * grid.TargetImage) + (y * place.Line) + (x * place.Pixel);
        (place.Y, place.X, place.Height, place.Width) = (y, x, grid.PositionsY, grid.PositionsX);
        return place;
    }
}
