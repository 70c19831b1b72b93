using System.Runtime.CompilerServices;
using Evenkeel.Kernels.Convolution.Patches;
using Evenkeel.Kernels.Linear;

namespace Evenkeel.Kernels.Convolution.Winograd;

/// <summary>How the outputs of images are cut into tiles.</summary>
internal readonly struct WinogradCut
{
    /// <param name="points">Points along each axis, as many as elements of a window: 4, 6 or 8.</param>
    /// <param name="taps">Taps of the kernel along each axis: 3, or 3 to 5 with more than 4 points.</param>
    /// <param name="batch">Images.</param>
    /// <param name="height">Lines of outputs of an image.</param>
    /// <param name="width">Outputs of a line.</param>
    public WinogradCut(int points, int taps, int batch, int height, int width)
    {
        int outputs = points - taps + 1;
        (Window, Taps, Outputs) = (points, taps, outputs);
        TilesY = Partition.CeilingDivide(height, outputs);
        TilesX = Partition.CeilingDivide(width, outputs);
        Tiles = batch * TilesY * TilesX;
        LastLines = height - (outputs * (TilesY - 1));
        LastColumns = width - (outputs * (TilesX - 1));
        AreEven = LastLines == outputs && LastColumns == outputs;
    }

    /// <summary>How the positions of <paramref name="grid"/> are cut by the tiles that were chosen.</summary>
    public static WinogradCut Of(in PatchGrid grid, ConvolutionMethod method) =>
        new(PointsOf(method), grid.TapsY, grid.Batch, grid.PositionsY, grid.PositionsX);

    /// <summary>Outputs of a tile along each axis.</summary>
    public int Outputs { get; }

    /// <summary>Lines of tiles of an image.</summary>
    public int TilesY { get; }

    /// <summary>Tiles of a line.</summary>
    public int TilesX { get; }

    /// <summary>Lines of outputs of the last line of tiles of an image.</summary>
    public int LastLines { get; }

    /// <summary>Columns of outputs of the last tile of a line.</summary>
    public int LastColumns { get; }

    /// <summary>Whether all tiles have as many outputs.</summary>
    public bool AreEven { get; }

    /// <summary>Elements of a window along each axis.</summary>
    public int Window { get; }

    /// <summary>Taps of the kernel along each axis.</summary>
    public int Taps { get; }

    /// <summary>Tiles of all images.</summary>
    public int Tiles { get; }

    /// <summary>Elements of a transformed tile, each in a plane of its own.</summary>
    public int Planes => Window * Window;

    private static int PointsOf(ConvolutionMethod method) =>
        method switch
        {
            ConvolutionMethod.FourPoints => 4,
            ConvolutionMethod.SixPoints => 6,
            _ => 8,
        };
}

/// <summary>Walks over the tiles of positions of a grid, line after line, image after image.</summary>
internal struct WinogradTilePosition
{
    private readonly int _tilesY;
    private readonly int _tilesX;
    private readonly int _outputs;
    private readonly int _lastLines;
    private readonly int _lastColumns;

    /// <summary>Tile <paramref name="index"/> of <paramref name="cut"/>.</summary>
    public WinogradTilePosition(int index, in WinogradCut cut)
    {
        _tilesY = cut.TilesY;
        _tilesX = cut.TilesX;
        _outputs = cut.Outputs;
        _lastLines = cut.LastLines;
        _lastColumns = cut.LastColumns;
        (Image, int inImage) = Math.DivRem(index, cut.TilesY * cut.TilesX);
        (Y, X) = Math.DivRem(inImage, cut.TilesX);
    }

    public int Image { get; private set; }

    /// <summary>Line of tiles.</summary>
    public int Y { get; private set; }

    /// <summary>Tile of the line.</summary>
    public int X { get; private set; }

    /// <summary>Whether the tile is in the last line of tiles of its image.</summary>
    public readonly bool IsLastY => Y == _tilesY - 1;

    /// <summary>Whether the tile is the last one of its line.</summary>
    public readonly bool IsLastX => X == _tilesX - 1;

    /// <summary>Lines and columns of the tile's outputs.</summary>
    public readonly (int Lines, int Columns) Outputs =>
        (IsLastY ? _lastLines : _outputs, IsLastX ? _lastColumns : _outputs);

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
