using System.Runtime.CompilerServices;
using Evenkeel.Kernels.Lanes;

namespace Evenkeel.Kernels.Linear;

/// <summary>Runs the tiles of one block of steps on packed panels of b.</summary>
internal readonly unsafe struct PackedTiles<TVec, TLanes>(in Product product, float* zeros, int begin, int end)
    where TVec : unmanaged
    where TLanes : struct, ILanes<TVec>
{
    private readonly Product _product = product;

    /// <summary>Rows <paramref name="row"/> on, reading a in place.</summary>
    public void Run(float* packed, int panel, int row, int rows)
    {
        float* a = _product.A + (row * _product.ARowStride) + (begin * _product.AStepStride);
        Run(packed, panel, row, rows, a, _product.ARowStride, _product.AStepStride);
    }

    /// <summary>Rows <paramref name="row"/> on, reading a copy of their part of a.</summary>
    [SkipLocalsInit]
    public void Run(float* packed, int panel, int row, int rows, float* a, nint rowStride, nint stepStride)
    {
        int width = TileKernels<TVec, TLanes>.Width;
        int column = panel * width;
        float* c = _product.C + ((nint)row * _product.Columns) + column;
        Tile tile;
        tile.A = a;
        tile.ARowStride = rowStride;
        tile.AStepStride = stepStride;
        tile.B = packed;
        tile.BStepStride = width;
        tile.Steps = end - begin;
        tile.BLast = null;
        tile.BLastStride = 0;
        tile.LastSteps = 0;
        tile.Start =
            begin > 0 ? c
            : _product.Bias == null ? zeros
            : _product.Bias + column;
        tile.StartRowStride = begin > 0 ? _product.Columns : 0;
        tile.C = c;
        tile.CRowStride = _product.Columns;
        tile.Columns = Math.Min(width, _product.Columns - column);
        TileKernels<TVec, TLanes>.Run(rows, &tile);
    }
}
