using System.Runtime.CompilerServices;

namespace Evenkeel.Kernels.Convolution;

/// <summary>Walks over the 2x2 tiles of places of a grid, line after line, image after image.</summary>
internal struct WinogradTilePlace
{
    private readonly int _tilesY;
    private readonly int _tilesX;

    /// <summary>Tile <paramref name="index"/> of images that have so many tiles.</summary>
    public WinogradTilePlace(int index, int tilesY, int tilesX)
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
