using System.Runtime.CompilerServices;
using Evenkeel.Kernels.Lanes;
using Evenkeel.Kernels.Threading;

namespace Evenkeel.Kernels.Linear;

/// <summary>
/// A product of a single row: nothing of b is used twice, so all depends on how fast it comes from memory. Rows of b are read from end to end,
/// eight at a time, and the sums wait in the first-level cache. Each sum is made in the order of all other products.
/// </summary>
internal readonly unsafe struct VectorProduct<TVec, TLanes> : IChunkWork
    where TVec : unmanaged
    where TLanes : struct, ILanes<TVec>
{
    // Fewer columns are too short to read in a row.
    private const int LeastColumns = 128;

    // A cache line: threads do not share one of the result.
    private const int Line = 16;

    private readonly Product _product;
    private readonly int _parts;

    private VectorProduct(in Product product, int parts) => (_product, _parts) = (product, parts);

    /// <summary>Whether a product is of this kind.</summary>
    public static bool Fits(in Product product) =>
        product is { Rows: 1, BColumnStride: 1, AStepStride: 1, Columns: >= LeastColumns };

    /// <summary>Computes <paramref name="product"/>.</summary>
    public static void Run(WorkerPool pool, in Product product)
    {
        int parts = Partition.Count(product.Operations, pool.Active);
        pool.For(parts, new VectorProduct<TVec, TLanes>(product, parts));
    }

    /// <inheritdoc/>
    [MethodImpl(HotMethods.Loop)]
    public void Run(int chunk)
    {
        int lines = Partition.CeilingDivide(_product.Columns, Line);
        int begin = Partition.Begin(chunk, _parts, lines) * Line;
        int end = Math.Min(Partition.Begin(chunk + 1, _parts, lines) * Line, _product.Columns);
        var sums = new Span<float>(_product.C + begin, end - begin);
        if (_product.Bias == null)
            sums.Clear();
        else
            new ReadOnlySpan<float>(_product.Bias + begin, end - begin).CopyTo(sums);
        int step = 0;
        for (; step + 8 <= _product.Depth; step += 8)
        {
            int column = Eight<TVec, TLanes>(step, begin, end);
            Eight<float, Lanes1>(step, column, end);
        }

        for (; step < _product.Depth; step++)
        {
            int column = One<TVec, TLanes>(step, begin, end);
            One<float, Lanes1>(step, column, end);
        }
    }

    [MethodImpl(HotMethods.Loop)]
    private int Eight<TV, TL>(int step, int column, int end)
        where TV : unmanaged
        where TL : struct, ILanes<TV>
    {
        float* a = _product.A + step;
        nint stride = _product.BStepStride;
        float* b = _product.B + (step * stride);
        TV a0 = TL.Splat(a[0]),
            a1 = TL.Splat(a[1]),
            a2 = TL.Splat(a[2]),
            a3 = TL.Splat(a[3]),
            a4 = TL.Splat(a[4]),
            a5 = TL.Splat(a[5]),
            a6 = TL.Splat(a[6]),
            a7 = TL.Splat(a[7]);
        for (; column + TL.Count <= end; column += TL.Count)
        {
            float* from = b + column;
            float* half = from + (4 * stride);
            TV sum = TL.MultiplyAdd(a0, TL.Load(from), TL.Load(_product.C + column));
            sum = TL.MultiplyAdd(a1, TL.Load(from + stride), sum);
            sum = TL.MultiplyAdd(a2, TL.Load(from + (2 * stride)), sum);
            sum = TL.MultiplyAdd(a3, TL.Load(from + (3 * stride)), sum);
            sum = TL.MultiplyAdd(a4, TL.Load(half), sum);
            sum = TL.MultiplyAdd(a5, TL.Load(half + stride), sum);
            sum = TL.MultiplyAdd(a6, TL.Load(half + (2 * stride)), sum);
            sum = TL.MultiplyAdd(a7, TL.Load(half + (3 * stride)), sum);
            TL.Store(_product.C + column, sum);
        }

        return column;
    }

    [MethodImpl(HotMethods.Loop)]
    private int One<TV, TL>(int step, int column, int end)
        where TV : unmanaged
        where TL : struct, ILanes<TV>
    {
        float* b = _product.B + (step * _product.BStepStride);
        TV a = TL.Splat(_product.A[step]);
        for (; column + TL.Count <= end; column += TL.Count)
            TL.Store(_product.C + column, TL.MultiplyAdd(a, TL.Load(b + column), TL.Load(_product.C + column)));
        return column;
    }
}
