using System.Runtime.CompilerServices;
using Evenkeel.Kernels.Convolution.Patches;
using Evenkeel.Kernels.Lanes;
using Evenkeel.Kernels.Linear;

namespace Evenkeel.Kernels.Convolution.Winograd;

/// <summary>Transforms what tiles see and what arrives at them; pixels outside the image are zeros.</summary>
internal static unsafe class WinogradTiles<TVec, TLanes, TFilter>
    where TVec : unmanaged
    where TLanes : struct, ILanes<TVec>
    where TFilter : struct, IWinogradFilter<TVec>
{
    private static int Window => TFilter.Outputs + 2;

    /// <summary>Transforms the windows of <paramref name="count"/> tiles from <paramref name="position"/> on.</summary>
    /// <param name="grid">The positions and what they see.</param>
    /// <param name="position">The first tile.</param>
    /// <param name="count">Tiles.</param>
    /// <param name="zeros">As many zeros as the widest line of pixels.</param>
    /// <param name="to">A row for each tile in each plane of a window.</param>
    /// <param name="stride">Floats from row to row.</param>
    /// <param name="plane">Floats from plane to plane.</param>
    [MethodImpl(HotMethods.Loop)]
    [SkipLocalsInit]
    public static void Inputs(
        in PatchGrid grid,
        WinogradTilePosition position,
        int count,
        float* zeros,
        float* to,
        nint stride,
        nint plane
    )
    {
        float** lines = stackalloc float*[Window];
        for (; count > 0; count--)
        {
            ImagePlace place = Seen(grid, position);
            var pixels = new PixelSquare(lines, Window, place, zeros);
            int channel = 0;
            for (; channel + TLanes.Count <= grid.Channels; channel += TLanes.Count)
                TFilter.Input<OneVector>(pixels, channel, 0, to + channel, plane);
            if (channel < grid.Channels)
                TFilter.Input<OnePartialVector>(pixels, channel, grid.Channels - channel, to + channel, plane);
            to += stride;
            position.Move(1);
        }
    }

    /// <summary>Transforms the gradients of the outputs of <paramref name="count"/> tiles from <paramref name="position"/> on.</summary>
    /// <param name="grid">The grid of the forward pass.</param>
    /// <param name="position">The first tile.</param>
    /// <param name="count">Tiles.</param>
    /// <param name="zeros">As many zeros as the widest line of pixels.</param>
    /// <param name="columns">The first output channel, and how many.</param>
    /// <param name="to">A row for each tile in each plane of a window.</param>
    /// <param name="stride">Floats from row to row.</param>
    /// <param name="plane">Floats from plane to plane.</param>
    [MethodImpl(HotMethods.Loop)]
    [SkipLocalsInit]
    public static void Gradients(
        in PatchGrid grid,
        WinogradTilePosition position,
        int count,
        float* zeros,
        (int First, int Count) columns,
        float* to,
        nint stride,
        nint plane
    )
    {
        float** lines = stackalloc float*[TFilter.Outputs];
        for (; count > 0; count--)
        {
            ImagePlace place = Made(grid, position);
            place.First += columns.First;
            var pixels = new PixelSquare(lines, TFilter.Outputs, place, zeros);
            int column = 0;
            for (; column + TLanes.Count <= columns.Count; column += TLanes.Count)
                TFilter.Gradient<OneVector>(pixels, column, 0, to + column, plane);
            if (column < columns.Count)
                TFilter.Gradient<OnePartialVector>(pixels, column, columns.Count - column, to + column, plane);
            to += stride;
            position.Move(1);
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
