using System.Runtime.CompilerServices;
using Evenkeel.Kernels.Lanes;
using Evenkeel.Kernels.Loops;
using Evenkeel.Kernels.Threading;

namespace Evenkeel.Kernels.Elementwise;

/// <summary>
/// Rows from one matrix to another whose rows lie differently far apart: into a slice of a concatenated value, or out of
/// one. What lies between the rows is neither read nor written.
/// </summary>
public static unsafe partial class RowCopy
{
    private const int ValuesPerBlock = 16 * 1024;

    /// <summary>destination = source, row by row.</summary>
    /// <param name="pool">The threads to use.</param>
    /// <param name="rows">Rows, 0 or more.</param>
    /// <param name="channels">Values in a row, 1 or more.</param>
    /// <param name="source">Row i begins at float i * <paramref name="sourceStride"/>.</param>
    /// <param name="sourceStride">Floats from row to row, at least <paramref name="channels"/>.</param>
    /// <param name="destination">Row i begins at float i * <paramref name="destinationStride"/>.</param>
    /// <param name="destinationStride">Floats from row to row, at least <paramref name="channels"/>.</param>
    /// <param name="accumulates">Whether the rows are added to what the destination holds.</param>
    /// <exception cref="ArgumentException">A size does not fit, or rows of both overlap without being the same.</exception>
    public static void Run(
        WorkerPool pool,
        int rows,
        int channels,
        ReadOnlySpan<float> source,
        int sourceStride,
        Span<float> destination,
        int destinationStride,
        bool accumulates = false
    )
    {
        Check(pool, rows, channels, source, sourceStride, destination, destinationStride);
        fixed (float* from = source)
        fixed (float* to = destination)
        {
            var blocks = new RowBlocks(rows, channels, ValuesPerBlock);
            if (accumulates)
                Add(pool, WidestLanes.Count, rows, channels, from, sourceStride, to, destinationStride);
            else
                pool.For(blocks.Count, new CopyRows(blocks, from, sourceStride, to, destinationStride));
        }
    }

    internal static void Add(
        WorkerPool pool,
        int width,
        int rows,
        int channels,
        float* source,
        int sourceStride,
        float* destination,
        int destinationStride
    )
    {
        var blocks = new RowBlocks(rows, channels, ValuesPerBlock);
        var work = new AddRows(blocks, width, new RowAddPass(source, sourceStride, destination, destinationStride));
        pool.For(blocks.Count, ref work);
    }

    private static void Check(
        WorkerPool pool,
        int rows,
        int channels,
        ReadOnlySpan<float> source,
        int sourceStride,
        ReadOnlySpan<float> destination,
        int destinationStride
    )
    {
        ArgumentNullException.ThrowIfNull(pool);
        MatrixArguments.CheckShape(rows, channels);
        MatrixArguments.CheckRows(rows, channels, sourceStride, source.Length);
        MatrixArguments.CheckRows(rows, channels, destinationStride, destination.Length);
        if (!destination.Overlaps(source, out int offset) || (offset == 0 && sourceStride == destinationStride))
            return;
        int apart = Math.Abs(offset) % sourceStride;
        if (sourceStride != destinationStride || apart < channels || apart + channels > sourceStride)
            throw new ArgumentException(
                $"Rows of destination overlap rows of source ({offset} values apart); use other memory.",
                nameof(destination)
            );
    }

    private readonly struct CopyRows(RowBlocks blocks, float* source, int sourceStride, float* to, int toStride)
        : IChunkWork
    {
        public void Run(int chunk)
        {
            int end = blocks.End(chunk);
            for (int row = blocks.First(chunk); row < end; row++)
            {
                var from = new ReadOnlySpan<float>(source + ((nint)row * sourceStride), blocks.Channels);
                from.CopyTo(new Span<float>(to + ((nint)row * toStride), blocks.Channels));
            }
        }
    }

    private readonly struct AddRows(RowBlocks blocks, int width, RowAddPass pass) : IChunkWork
    {
        public void Run(int chunk)
        {
            RowAddPass mine = pass;
            int end = blocks.End(chunk);
            for (int row = blocks.First(chunk); row < end; row++)
                ColumnPass.Run(ref mine, width, row, 1, blocks.Channels);
        }
    }

    private readonly struct RowAddPass(float* source, int sourceStride, float* destination, int destinationStride)
        : IColumnPass
    {
        [MethodImpl(HotMethods.Loop)]
        public int Run<TLanes, TVec>(int row, int rows, int column, int columns)
            where TLanes : struct, ILanes<TVec>
            where TVec : unmanaged
        {
            float* from = source + ((nint)row * sourceStride);
            float* to = destination + ((nint)row * destinationStride);
            for (; column + TLanes.Count <= columns; column += TLanes.Count)
                TLanes.Store(to + column, TLanes.Add(TLanes.Load(to + column), TLanes.Load(from + column)));
            return column;
        }
    }
}
