using System.Runtime.CompilerServices;
using Evenkeel.Kernels.Lanes;

namespace Evenkeel.Kernels.Linear;

/// <summary>Runs the tiles of one block of steps on packed panels of b.</summary>
internal readonly unsafe struct PackedTiles<TVec, TLanes>(in Product product, float* zeros, int begin, int end)
    where TVec : unmanaged
    where TLanes : struct, ILanes<TVec>
{
    private readonly Product _product = product;

    /// <summary>One tile after the other down panel <paramref name="panel"/>, <paramref name="count"/> of equal height.</summary>
    [MethodImpl(HotMethods.Loop)]
    [SkipLocalsInit]
    public void RunDown(float* packed, int panel, int row, int height, int count)
    {
        if (count == 0)
            return;
        Tile tile;
        float* a = _product.A + (row * _product.ARowStride) + (begin * _product.AStepStride);
        Prepare(&tile, new(a, _product.ARowStride, _product.AStepStride), packed, row, panel);
        tile.Columns = Math.Min(
            TileKernels<TVec, TLanes>.Width,
            _product.Columns - (panel * TileKernels<TVec, TLanes>.Width)
        );
        tile.Count = count;
        tile.ANext = height * _product.ARowStride;
        tile.BNext = 0;
        tile.CNext = (nint)height * _product.Columns;
        tile.StartNext = begin > 0 ? tile.CNext : 0;
        TileKernels<TVec, TLanes>.Run(height, &tile);
    }

    /// <summary>
    /// One tile after the other across panels <paramref name="panel"/> to <paramref name="panelEnd"/> - 1, which lie
    /// <paramref name="panelFloats"/> apart, reading the rows at <paramref name="a"/>.
    /// </summary>
    [MethodImpl(HotMethods.Loop)]
    [SkipLocalsInit]
    public void RunAcross(float* packed, nint panelFloats, int panel, int panelEnd, int row, int height, in TileRows a)
    {
        int width = TileKernels<TVec, TLanes>.Width;
        Tile tile;
        Prepare(&tile, a, packed, row, panel);
        int whole = Math.Min(panelEnd, _product.Columns / width) - panel;
        tile.Columns = width;
        tile.Count = whole;
        tile.ANext = 0;
        tile.BNext = panelFloats;
        tile.CNext = width;
        tile.StartNext = begin > 0 || _product.Bias != null ? width : 0;
        if (whole > 0)
            TileKernels<TVec, TLanes>.Run(height, &tile);
        if (panel + whole == panelEnd)
            return;
        tile.B += whole * panelFloats;
        tile.C += whole * tile.CNext;
        tile.Start += whole * tile.StartNext;
        tile.Columns = _product.Columns % width;
        tile.Count = 1;
        TileKernels<TVec, TLanes>.Run(height, &tile);
    }

    private void Prepare(Tile* tile, in TileRows a, float* packed, int row, int panel)
    {
        int width = TileKernels<TVec, TLanes>.Width;
        int column = panel * width;
        tile->A = a.First;
        tile->ARowStride = a.RowStride;
        tile->AStepStride = a.StepStride;
        tile->B = packed;
        tile->BStepStride = width;
        tile->Steps = end - begin;
        tile->Runs = 1;
        tile->ARunJump = 0;
        tile->BRunJump = 0;
        tile->BLast = null;
        tile->BLastStride = 0;
        tile->LastSteps = 0;
        tile->Ahead = AheadStream.None(tile);
        tile->AsksForC = false;
        tile->C = _product.C + ((nint)row * _product.Columns) + column;
        tile->CRowStride = _product.Columns;
        tile->Start =
            begin > 0 ? tile->C
            : _product.Bias == null ? zeros
            : _product.Bias + column;
        tile->StartRowStride = begin > 0 ? _product.Columns : 0;
    }
}
