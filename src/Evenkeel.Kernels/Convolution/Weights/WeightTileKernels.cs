using System.Runtime.CompilerServices;
using Evenkeel.Kernels.Lanes;
using Evenkeel.Kernels.Linear;

namespace Evenkeel.Kernels.Convolution.Weights;

/// <summary>Picks the kernel of a height and a width for the weights' gradient.</summary>
internal static unsafe class WeightTileKernels<TVec, TLanes>
    where TVec : unmanaged
    where TLanes : struct, ILanes<TVec>
{
    /// <summary>Runs <paramref name="tile"/>, which has 1 to 14 rows and so many columns of sums in use.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Run(int rows, int columns, WeightTile* tile)
    {
        if (TileKernels<TVec, TLanes>.SecondIsHalf(columns))
            Run<TwoVectorsSecondHalf>(rows, tile);
        else if (columns > TLanes.Count)
            Run<TwoVectors>(rows, tile);
        else
            Run<OneVector>(rows, tile);
    }

    [MethodImpl(HotMethods.Loop)]
    private static void Run<TWidth>(int rows, WeightTile* tile)
        where TWidth : struct, ITileWidth
    {
        switch (rows)
        {
            case 1:
                WeightTileKernel<TVec, TLanes, Height1, TWidth>.Run(tile);
                break;
            case 2:
                WeightTileKernel<TVec, TLanes, Height2, TWidth>.Run(tile);
                break;
            case 3:
                WeightTileKernel<TVec, TLanes, Height3, TWidth>.Run(tile);
                break;
            case 4:
                WeightTileKernel<TVec, TLanes, Height4, TWidth>.Run(tile);
                break;
            case 5:
                WeightTileKernel<TVec, TLanes, Height5, TWidth>.Run(tile);
                break;
            case 6:
                WeightTileKernel<TVec, TLanes, Height6, TWidth>.Run(tile);
                break;
            case 7:
                WeightTileKernel<TVec, TLanes, Height7, TWidth>.Run(tile);
                break;
            case 8:
                WeightTileKernel<TVec, TLanes, Height8, TWidth>.Run(tile);
                break;
            case 9:
                WeightTileKernel<TVec, TLanes, Height9, TWidth>.Run(tile);
                break;
            case 10:
                WeightTileKernel<TVec, TLanes, Height10, TWidth>.Run(tile);
                break;
            case 11:
                WeightTileKernel<TVec, TLanes, Height11, TWidth>.Run(tile);
                break;
            case 12:
                WeightTileKernel<TVec, TLanes, Height12, TWidth>.Run(tile);
                break;
            case 13:
                WeightTileKernel<TVec, TLanes, Height13, TWidth>.Run(tile);
                break;
            case 14:
                WeightTileKernel<TVec, TLanes, Height14, TWidth>.Run(tile);
                break;
            default:
                throw new ArgumentOutOfRangeException(nameof(rows), rows, "A tile has 1 to 14 rows.");
        }
    }
}
