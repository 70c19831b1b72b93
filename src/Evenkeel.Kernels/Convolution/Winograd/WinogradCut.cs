using System.Runtime.CompilerServices;
using Evenkeel.Kernels.Linear;

namespace Evenkeel.Kernels.Convolution.Winograd;

/// <summary>How the outputs of images are cut into tiles.</summary>
internal readonly struct WinogradCut
{
    /// <param name="outputs">Outputs of a tile along each axis: 2 or 4.</param>
    /// <param name="batch">Images.</param>
    /// <param name="height">Lines of outputs of an image.</param>
    /// <param name="width">Outputs of a line.</param>
    public WinogradCut(int outputs, int batch, int height, int width)
    {
        Outputs = outputs;
        TilesY = Partition.CeilingDivide(height, outputs);
        TilesX = Partition.CeilingDivide(width, outputs);
        Tiles = batch * TilesY * TilesX;
    }

    /// <summary>Outputs of a tile along each axis.</summary>
    public int Outputs { get; }

    /// <summary>Lines of tiles of an image.</summary>
    public int TilesY { get; }

    /// <summary>Tiles of a line.</summary>
    public int TilesX { get; }

    /// <summary>Tiles of all images.</summary>
    public int Tiles { get; }

    /// <summary>Elements of a transformed tile, each in a plane of its own.</summary>
    public int Planes => (Outputs + 2) * (Outputs + 2);
}

/// <summary>Walks over the tiles of positions of a grid, line after line, image after image.</summary>
internal struct WinogradTilePosition
{
    private readonly int _tilesY;
    private readonly int _tilesX;

    /// <summary>Tile <paramref name="index"/> of <paramref name="cut"/>.</summary>
    public WinogradTilePosition(int index, in WinogradCut cut)
    {
        _tilesY = cut.TilesY;
        _tilesX = cut.TilesX;
        (Image, int inImage) = Math.DivRem(index, cut.TilesY * cut.TilesX);
        (Y, X) = Math.DivRem(inImage, cut.TilesX);
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
