using System.Runtime.CompilerServices;
using Evenkeel.Kernels.Elementwise;
using Evenkeel.Kernels.Lanes;
using Evenkeel.Kernels.Loops;
using Evenkeel.Kernels.Threading;

namespace Evenkeel.Kernels.Recurrent;

/// <summary>A cell's arithmetic on the registers of one row.</summary>
internal interface ICell
{
    /// <summary>
    /// Computes units from <paramref name="unit"/> on, as many as a register holds, of a row. Some are computed twice, so nothing is written
    /// that is read.
    /// </summary>
    void Apply<TLanes, TVec>(nint row, nint unit)
        where TLanes : struct, ILanes<TVec>
        where TVec : unmanaged;
}

/// <summary>Runs a cell over rows of units, shared among the pool's threads.</summary>
internal static class CellRows
{
    // A gate costs about twenty times what a copied value costs.
    private const int ChunkUnits = 512;

    /// <summary>Rows of a batch.</summary>
    /// <param name="units">Values of a row.</param>
    /// <param name="length">Values of all rows.</param>
    /// <exception cref="ArgumentException">They are not whole rows.</exception>
    public static int Count(int units, int length)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(units, 1);
        return length % units == 0
            ? length / units
            : throw new ArgumentException($"{length} values are not rows of {units} units.");
    }

    /// <summary>Requires that an operand has as many values.</summary>
    /// <exception cref="ArgumentException">It has not.</exception>
    public static void Require(int expected, int actual, string name)
    {
        if (actual != expected)
            throw new ArgumentException($"{name} has {actual} values where the cell has {expected}.", name);
    }

    /// <summary>Applies the cell to all units of all rows.</summary>
    public static void Run<TCell>(WorkerPool pool, int rows, int units, TCell cell)
        where TCell : struct, ICell
    {
        ArgumentNullException.ThrowIfNull(pool);
        var blocks = new RowBlocks(rows, units, ChunkUnits);
        pool.For(blocks.Count, new Chunks<TCell>(WidestLanes.Count, blocks, cell));
    }

    private readonly struct Chunks<TCell>(int width, RowBlocks blocks, TCell cell) : IChunkWork
        where TCell : struct, ICell
    {
        public void Run(int chunk)
        {
            var pass = new Pass<TCell>(cell);
            ColumnPass.Run(ref pass, width, blocks.First(chunk), blocks.Rows(chunk), blocks.Channels);
        }
    }

    private readonly struct Pass<TCell>(TCell cell) : IColumnPass
        where TCell : struct, ICell
    {
        [MethodImpl(HotMethods.Loop)]
        public int Run<TLanes, TVec>(int row, int rows, int column, int columns)
            where TLanes : struct, ILanes<TVec>
            where TVec : unmanaged
        {
            if (columns - column < TLanes.Count)
                return column;
            // The last register ends with the row: it makes some units once more, which costs less than making the others one by one.
            int last = columns - TLanes.Count;
            for (int r = row; r < row + rows; r++)
            {
                for (int unit = column; unit < last; unit += TLanes.Count)
                    cell.Apply<TLanes, TVec>(r, unit);
                cell.Apply<TLanes, TVec>(r, last);
            }

            return columns;
        }
    }

    /// <summary>1 / (1 + e^-x).</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TVec Sigmoid<TLanes, TVec>(TVec x)
        where TLanes : struct, ILanes<TVec>
        where TVec : unmanaged => Value<Sigmoid, TLanes, TVec>(x);

    /// <summary>tanh x.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TVec Tanh<TLanes, TVec>(TVec x)
        where TLanes : struct, ILanes<TVec>
        where TVec : unmanaged => Value<Tanh, TLanes, TVec>(x);

    /// <summary>dy times the slope of the sigmoid that gave y; 0 below 2^-100.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TVec ThroughSigmoid<TLanes, TVec>(TVec y, TVec dy)
        where TLanes : struct, ILanes<TVec>
        where TVec : unmanaged => Gradient<Sigmoid, TLanes, TVec>(y, dy);

    /// <summary>dy times the slope of the tangent that gave y; 0 below 2^-100.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TVec ThroughTanh<TLanes, TVec>(TVec y, TVec dy)
        where TLanes : struct, ILanes<TVec>
        where TVec : unmanaged => Gradient<Tanh, TLanes, TVec>(y, dy);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TVec Value<TAct, TLanes, TVec>(TVec x)
        where TAct : struct, IActivation
        where TLanes : struct, ILanes<TVec>
        where TVec : unmanaged => default(TAct).Forward<TLanes, TVec>(x);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TVec Gradient<TAct, TLanes, TVec>(TVec y, TVec dy)
        where TAct : struct, IActivation
        where TLanes : struct, ILanes<TVec>
        where TVec : unmanaged => default(TAct).Gradient<TLanes, TVec>(y, dy);
}
