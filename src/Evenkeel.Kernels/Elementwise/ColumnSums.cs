using System.Runtime.CompilerServices;
using Evenkeel.Kernels.Lanes;
using Evenkeel.Kernels.Loops;
using Evenkeel.Kernels.Threading;

namespace Evenkeel.Kernels.Elementwise;

/// <summary>How rows are cut into chunks of whole blocks; it follows from the shape alone.</summary>
internal readonly record struct ColumnSumsPlan(int Rows, int Channels, int Width, int ChunkRows)
{
    /// <summary>Rows summed in single precision before they are added to doubles.</summary>
    public const int BlockRows = 64;

    private const int SmallestChunk = 32 * 1024;
    private const int MostChunks = 64;

    /// <summary>Number of chunks.</summary>
    public int Chunks => (Rows + ChunkRows - 1) / ChunkRows;

    /// <summary>Plans a matrix.</summary>
    public static ColumnSumsPlan For(int rows, int channels, int width)
    {
        int enough = Math.Max(SmallestChunk / channels, rows / MostChunks);
        return new ColumnSumsPlan(rows, channels, width, ((enough / BlockRows) + 1) * BlockRows);
    }
}

/// <summary>The blocks of one chunk of rows, and their sums in double precision.</summary>
internal readonly unsafe struct ColumnSums<TAct, TStore>(
    ColumnSumsPlan plan,
    ColumnSumsPass<TAct, TStore> pass,
    double* partials
) : IChunkWork
    where TAct : struct, IActivation
    where TStore : struct, IStore
{
    /// <summary>Runs all chunks and adds up what they have summed.</summary>
    public static void Run(WorkerPool pool, in ColumnSumsPlan plan, ColumnSumsPass<TAct, TStore> pass, Span<float> sums)
    {
        nuint values = (nuint)plan.Chunks * (nuint)plan.Channels;
        using Scratch lent = pool.Scratch(values * (sizeof(double) + sizeof(float)));
        double* partials = (double*)lent.Pointer;
        pool.For(plan.Chunks, new ColumnSums<TAct, TStore>(plan, pass, partials));
        PartialSums.Merge(partials, plan.Chunks, sums);
    }

    public void Run(int chunk)
    {
        double* sums = partials + ((nint)chunk * plan.Channels);
        new Span<double>(sums, plan.Channels).Clear();
        float* block = (float*)(partials + ((nint)plan.Chunks * plan.Channels)) + ((nint)chunk * plan.Channels);
        ColumnSumsPass<TAct, TStore> mine = pass with { Sums = sums, Block = block };
        int end = Math.Min(plan.Rows, (chunk + 1) * plan.ChunkRows);
        for (int row = chunk * plan.ChunkRows; row < end; row += ColumnSumsPlan.BlockRows)
        {
            int rows = Math.Min(ColumnSumsPlan.BlockRows, end - row);
            ColumnPass.Run(ref mine, plan.Width, row, rows, plan.Channels);
        }
    }
}

/// <summary>
/// dz = dy * g'(y) over one block of rows, whose columns are added to doubles. Wide rows are walked along one after the other, so that memory
/// is read as it lies; the sums of a few registers of columns stay in registers.
/// </summary>
internal unsafe struct ColumnSumsPass<TAct, TStore>(TAct act, float* y, int yStride, float* dy, int dyStride)
    : IColumnPass
    where TAct : struct, IActivation
    where TStore : struct, IStore
{
    private const int FewRegisters = 4;

    /// <summary>Receives dz, rows <see cref="Stride"/> apart.</summary>
    public float* Dz;
    public int Stride;

    /// <summary>Sums of the block, a float for each column.</summary>
    public float* Block;
    public double* Sums;

    public readonly int Run<TLanes, TVec>(int row, int rows, int column, int columns)
        where TLanes : struct, ILanes<TVec>
        where TVec : unmanaged
    {
        int end = columns - ((columns - column) % TLanes.Count);
        if (end - column > FewRegisters * TLanes.Count)
        {
            Wide<TLanes, TVec>(row, rows, column, end);
            return end;
        }

        for (; column + (4 * TLanes.Count) <= end; column += 4 * TLanes.Count)
            Four<TLanes, TVec>(row, rows, column);
        for (; column + (2 * TLanes.Count) <= end; column += 2 * TLanes.Count)
            Two<TLanes, TVec>(row, rows, column);
        if (column < end)
            One<TLanes, TVec>(row, rows, column);
        return end;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private readonly void Wide<TLanes, TVec>(int row, int rows, int column, int end)
        where TLanes : struct, ILanes<TVec>
        where TVec : unmanaged
    {
        TAct g = act;
        float* block = Block;
        new Span<float>(block + column, end - column).Clear();
        for (int last = row + rows; row < last; row++)
        {
            float* py = y + ((nint)row * yStride);
            float* pdy = dy + ((nint)row * dyStride);
            float* pdz = Dz + ((nint)row * Stride);
            for (nint c = column; c < end; c += TLanes.Count)
            {
                TVec d = Gradient<TLanes, TVec>(g, py + c, pdy + c, pdz + c);
                TLanes.Store(block + c, TLanes.Add(TLanes.Load(block + c), d));
            }
        }

        for (nint c = column; c < end; c += TLanes.Count)
            TLanes.AddTo(Sums + c, TLanes.Load(block + c));
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private readonly void Four<TLanes, TVec>(int row, int rows, int column)
        where TLanes : struct, ILanes<TVec>
        where TVec : unmanaged
    {
        TVec s0 = TLanes.Zero,
            s1 = s0,
            s2 = s0,
            s3 = s0;
        int w = TLanes.Count;
        TAct g = act;
        float* py = y + ((nint)row * yStride) + column;
        float* pdy = dy + ((nint)row * dyStride) + column;
        float* pdz = Dz + ((nint)row * Stride) + column;
        for (int i = 0; i < rows; i++, py += yStride, pdy += dyStride, pdz += Stride)
        {
            s0 = TLanes.Add(s0, Gradient<TLanes, TVec>(g, py, pdy, pdz));
            s1 = TLanes.Add(s1, Gradient<TLanes, TVec>(g, py + w, pdy + w, pdz + w));
            s2 = TLanes.Add(s2, Gradient<TLanes, TVec>(g, py + (2 * w), pdy + (2 * w), pdz + (2 * w)));
            s3 = TLanes.Add(s3, Gradient<TLanes, TVec>(g, py + (3 * w), pdy + (3 * w), pdz + (3 * w)));
        }

        TLanes.AddTo(Sums + column, s0);
        TLanes.AddTo(Sums + column + w, s1);
        TLanes.AddTo(Sums + column + (2 * w), s2);
        TLanes.AddTo(Sums + column + (3 * w), s3);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private readonly void Two<TLanes, TVec>(int row, int rows, int column)
        where TLanes : struct, ILanes<TVec>
        where TVec : unmanaged
    {
        TVec s0 = TLanes.Zero,
            s1 = s0;
        int w = TLanes.Count;
        TAct g = act;
        float* py = y + ((nint)row * yStride) + column;
        float* pdy = dy + ((nint)row * dyStride) + column;
        float* pdz = Dz + ((nint)row * Stride) + column;
        for (int i = 0; i < rows; i++, py += yStride, pdy += dyStride, pdz += Stride)
        {
            s0 = TLanes.Add(s0, Gradient<TLanes, TVec>(g, py, pdy, pdz));
            s1 = TLanes.Add(s1, Gradient<TLanes, TVec>(g, py + w, pdy + w, pdz + w));
        }

        TLanes.AddTo(Sums + column, s0);
        TLanes.AddTo(Sums + column + w, s1);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private readonly void One<TLanes, TVec>(int row, int rows, int column)
        where TLanes : struct, ILanes<TVec>
        where TVec : unmanaged
    {
        TVec sum = TLanes.Zero;
        TAct g = act;
        float* py = y + ((nint)row * yStride) + column;
        float* pdy = dy + ((nint)row * dyStride) + column;
        float* pdz = Dz + ((nint)row * Stride) + column;
        for (int i = 0; i < rows; i++, py += yStride, pdy += dyStride, pdz += Stride)
            sum = TLanes.Add(sum, Gradient<TLanes, TVec>(g, py, pdy, pdz));
        TLanes.AddTo(Sums + column, sum);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TVec Gradient<TLanes, TVec>(TAct g, float* y, float* dy, float* dz)
        where TLanes : struct, ILanes<TVec>
        where TVec : unmanaged
    {
        TVec d = g.Gradient<TLanes, TVec>(TAct.GradientUsesOutput ? TLanes.Load(y) : TLanes.Zero, TLanes.Load(dy));
        TStore.Store<TLanes, TVec>(dz, d);
        return d;
    }
}
