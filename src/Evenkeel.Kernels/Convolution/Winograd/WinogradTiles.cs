using System.Runtime.CompilerServices;
using Evenkeel.Kernels.Convolution.Patches;
using Evenkeel.Kernels.Lanes;
using Evenkeel.Kernels.Linear;

namespace Evenkeel.Kernels.Convolution.Winograd;

/// <summary>Transforms the 4x4 pixels that tiles of 2x2 positions see; pixels outside the image are zeros.</summary>
internal static unsafe class WinogradTiles<TVec, TLanes>
    where TVec : unmanaged
    where TLanes : struct, ILanes<TVec>
{
    /// <summary>Transforms <paramref name="count"/> tiles from <paramref name="position"/> on.</summary>
    /// <param name="grid">The positions and what they see.</param>
    /// <param name="position">The first tile.</param>
    /// <param name="count">Tiles.</param>
    /// <param name="zeros">A pixel of zeros.</param>
    /// <param name="to">A row for each tile in each of 16 planes.</param>
    /// <param name="stride">Floats from row to row.</param>
    /// <param name="plane">Floats from plane to plane.</param>
    [MethodImpl(HotMethods.Compilation)]
    [SkipLocalsInit]
    public static void Run(
        in PatchGrid grid,
        WinogradTilePosition position,
        int count,
        float* zeros,
        float* to,
        nint stride,
        nint plane
    )
    {
        float** pixels = stackalloc float*[16];
        for (; count > 0; count--)
        {
            Locate(grid, position, zeros, pixels);
            Transform(pixels, grid.Channels, to, plane);
            to += stride;
            position.Move(1);
        }
    }

    [MethodImpl(HotMethods.Compilation)]
    private static void Transform(float** pixels, int channels, float* to, nint plane)
    {
        int channel = 0;
        for (; channel + TLanes.Count <= channels; channel += TLanes.Count)
            WinogradTransform<TVec, TLanes>.Input<OneVector>(pixels, channel, 0, to + channel, plane);
        if (channel < channels)
        {
            WinogradTransform<TVec, TLanes>.Input<OnePartialVector>(
                pixels,
                channel,
                channels - channel,
                to + channel,
                plane
            );
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Locate(in PatchGrid grid, WinogradTilePosition position, float* zeros, float** pixels)
    {
        nint pixel = grid.PixelStride;
        int y = (2 * position.Y) + grid.FirstY;
        int x = (2 * position.X) + grid.FirstX;
        float* line = grid.Source + (((((nint)position.Image * grid.Height) + y) * grid.Width) + x) * pixel;
        bool inside = x >= 0 && y >= 0 && x + 4 <= grid.Width && y + 4 <= grid.Height;
        for (int i = 0; i < 4; i++)
        {
            bool hasLine = inside || (uint)(y + i) < (uint)grid.Height;
            for (int j = 0; j < 4; j++)
            {
                bool exists = inside || (hasLine && (uint)(x + j) < (uint)grid.Width);
                pixels[(4 * i) + j] = exists ? line + (j * pixel) : zeros;
            }

            line += grid.Width * pixel;
        }
    }
}

/// <summary>Walks over the 2x2 tiles of positions of a grid, line after line, image after image.</summary>
internal struct WinogradTilePosition
{
    private readonly int _tilesY;
    private readonly int _tilesX;

    /// <summary>Tile <paramref name="index"/> of images that have so many tiles.</summary>
    public WinogradTilePosition(int index, int tilesY, int tilesX)
    {
        _tilesY = tilesY;
        _tilesX = tilesX;
        (Image, int inImage) = Math.DivRem(index, tilesY * tilesX);
        (Y, X) = Math.DivRem(inImage, tilesX);
    }

    public int Image { get; private set; }

    /// <summary>Line of tiles.</summary>
    public int Y { get; private set; }

    /// <summary>Tile of the line.</summary>
    public int X { get; private set; }

    /// <summary>Goes on by so many tiles, to the end of the line at most.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Move(int tiles)
    {
        X += tiles;
        if (X < _tilesX)
            return;
        X = 0;
        if (++Y < _tilesY)
            return;
        Y = 0;
        Image++;
    }
}
