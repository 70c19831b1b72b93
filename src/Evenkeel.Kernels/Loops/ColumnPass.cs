using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Evenkeel.Kernels.Lanes;

namespace Evenkeel.Kernels.Loops;

/// <summary>A loop over a few rows of a matrix, column by column, written for any register width.</summary>
internal interface IColumnPass
{
    /// <summary>
    /// Runs over rows [row, row + rows) of as many whole registers of columns as fit into [column, columns); returns the
    /// first column that is left.
    /// </summary>
    int Run<TLanes, TVec>(int row, int rows, int column, int columns)
        where TLanes : struct, ILanes<TVec>
        where TVec : unmanaged;
}

/// <summary>Runs a pass over all columns: the widest registers first, narrower ones for what is left.</summary>
internal static class ColumnPass
{
    /// <summary>
    /// Columns never mix and every width rounds alike, so <paramref name="width"/> (16, 8, 4 or 1) changes the speed only.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Run<TPass>(ref TPass pass, int width, int row, int rows, int columns)
        where TPass : struct, IColumnPass
    {
        int column = 0;
        if (width >= 16)
            column = pass.Run<Lanes16, Vector512<float>>(row, rows, column, columns);
        if (width >= 8 && column < columns)
            column = pass.Run<Lanes8, Vector256<float>>(row, rows, column, columns);
        if (width >= 4 && column < columns)
            column = pass.Run<Lanes4, Vector128<float>>(row, rows, column, columns);
        if (column < columns)
            pass.Run<Lanes1, float>(row, rows, column, columns);
    }
}
