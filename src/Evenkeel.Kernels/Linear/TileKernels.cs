using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Evenkeel.Kernels.Lanes;

namespace Evenkeel.Kernels.Linear;

/// <summary>Picks the tile kernel of a height and a width.</summary>
internal static unsafe class TileKernels<TVec, TLanes>
    where TVec : unmanaged
    where TLanes : struct, ILanes<TVec>
{
    /// <summary>Columns of the widest tile.</summary>
    public static int Width => 2 * TLanes.Count;

    /// <summary>Rows of the tallest tile: what 32 registers hold with 512-bit vectors, and 16 registers otherwise.</summary>
    public static int MaxHeight => TLanes.Count == 16 ? 14 : 6;

    /// <summary>
    /// Rows of the tallest tile of so many columns: those of one register leave others to more rows, which a chain of additions each needs.
    /// </summary>
    public static int MaxHeightOf(int columns) =>
        columns <= TLanes.Count ? Math.Max(MaxHeight, TallestNarrow) : MaxHeight;

    // Of 16 registers, beside one of b and one element of a.
    private const int TallestNarrow = 12;

    /// <summary>Whether two registers are needed of which half of the second is enough, and halves of registers may be computed on.</summary>
    public static bool SecondIsHalf(int columns) =>
        TLanes.Count > Lanes8.Count && columns > TLanes.Count && columns <= TLanes.Count + Lanes8.Count;

    /// <summary>Runs <paramref name="tile"/>, which has <paramref name="rows"/> rows, 1 to <see cref="MaxHeightOf"/> its columns.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Run(int rows, Tile* tile) => Run<PlainEnd>(rows, tile);

    /// <summary>The same with something done to each sum.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Run<TEnd>(int rows, Tile* tile)
        where TEnd : struct, ITileEnd
    {
        if (tile->Columns <= TLanes.Count)
            RunOneVector<TEnd>(rows, tile);
        else if (tile->Columns == Width)
            Run<TwoVectors, TEnd>(rows, tile);
        else if (SecondIsHalf(tile->Columns))
            Run<TwoVectorsSecondHalf, TEnd>(rows, tile);
        else
            Run<TwoVectorsLastPartial, TEnd>(rows, tile);
    }

    // In registers that the columns fill: where 512-bit ones are computed as two halves, an unused half would take as long, and where there are no masks,
    // a part of a register is written many times as slowly as a whole one.
    [MethodImpl(HotMethods.Loop)]
    private static void RunOneVector<TEnd>(int rows, Tile* tile)
        where TEnd : struct, ITileEnd
    {
        if (TLanes.Count > Lanes8.Count && tile->Columns <= Lanes8.Count)
            TileKernels<Vector256<float>, Lanes8>.RunOneVector<TEnd>(rows, tile);
        else if (TLanes.Count > Lanes4.Count && tile->Columns <= Lanes4.Count)
            TileKernels<Vector128<float>, Lanes4>.RunOneVector<TEnd>(rows, tile);
        else if (tile->Columns == TLanes.Count)
            Run<OneVector, TEnd>(rows, tile);
        else
            Run<OnePartialVector, TEnd>(rows, tile);
    }

    [MethodImpl(HotMethods.Loop)]
    private static void Run<TWidth, TEnd>(int rows, Tile* tile)
        where TWidth : struct, ITileWidth
        where TEnd : struct, ITileEnd
    {
        switch (rows)
        {
            case 1:
                TileKernel<TVec, TLanes, Height1, TWidth, TEnd>.Run(tile);
                break;
            case 2:
                TileKernel<TVec, TLanes, Height2, TWidth, TEnd>.Run(tile);
                break;
            case 3:
                TileKernel<TVec, TLanes, Height3, TWidth, TEnd>.Run(tile);
                break;
            case 4:
                TileKernel<TVec, TLanes, Height4, TWidth, TEnd>.Run(tile);
                break;
            case 5:
                TileKernel<TVec, TLanes, Height5, TWidth, TEnd>.Run(tile);
                break;
            case 6:
                TileKernel<TVec, TLanes, Height6, TWidth, TEnd>.Run(tile);
                break;
            case 7:
                TileKernel<TVec, TLanes, Height7, TWidth, TEnd>.Run(tile);
                break;
            case 8:
                TileKernel<TVec, TLanes, Height8, TWidth, TEnd>.Run(tile);
                break;
            case 9:
                TileKernel<TVec, TLanes, Height9, TWidth, TEnd>.Run(tile);
                break;
            case 10:
                TileKernel<TVec, TLanes, Height10, TWidth, TEnd>.Run(tile);
                break;
            case 11:
                TileKernel<TVec, TLanes, Height11, TWidth, TEnd>.Run(tile);
                break;
            case 12:
                TileKernel<TVec, TLanes, Height12, TWidth, TEnd>.Run(tile);
                break;
            case 13:
                TileKernel<TVec, TLanes, Height13, TWidth, TEnd>.Run(tile);
                break;
            case 14:
                TileKernel<TVec, TLanes, Height14, TWidth, TEnd>.Run(tile);
                break;
            default:
                throw new ArgumentOutOfRangeException(nameof(rows), rows, "A tile has 1 to 14 rows.");
        }
    }
}
