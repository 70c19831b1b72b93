using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Evenkeel.Kernels.Lanes;
using Evenkeel.Kernels.Threading;

namespace Evenkeel.Kernels.Linear;

/// <summary>The gradient of a bias: the column sums of the gradient that arrives at the layer's output.</summary>
public static unsafe class BiasGradient
{
    /// <summary>db[j] = sum over i of dy[i, j]; zeros for an empty batch. The same bits for every number of threads.</summary>
    /// <param name="pool">The threads to use.</param>
    /// <param name="rows">Rows of dy; may be 0.</param>
    /// <param name="channels">Columns of dy.</param>
    /// <param name="dy">[rows, channels].</param>
    /// <param name="db">[channels], overwritten.</param>
    /// <exception cref="ArgumentException">A size is negative, or a span does not have the size given.</exception>
    public static void Run(WorkerPool pool, int rows, int channels, ReadOnlySpan<float> dy, Span<float> db)
    {
        if (rows < 0 || channels < 0)
            throw new ArgumentException($"Sizes must not be negative, but rows = {rows}, channels = {channels}.");
        if (dy.Length != (long)rows * channels)
            throw new ArgumentException($"dy holds {dy.Length} floats instead of {rows} x {channels}.", nameof(dy));
        if (db.Length != channels)
            throw new ArgumentException($"db holds {db.Length} floats instead of {channels}.", nameof(db));
        fixed (float* source = dy)
        fixed (float* sums = db)
        {
            if (Vector512.IsHardwareAccelerated)
                ColumnSums<Vector512<float>, Lanes16>.Run(pool, rows, channels, source, sums);
            else if (Vector256.IsHardwareAccelerated)
                ColumnSums<Vector256<float>, Lanes8>.Run(pool, rows, channels, source, sums);
            else if (Vector128.IsHardwareAccelerated)
                ColumnSums<Vector128<float>, Lanes4>.Run(pool, rows, channels, source, sums);
            else
                ColumnSums<float, Lanes1>.Run(pool, rows, channels, source, sums);
        }
    }
}

/// <summary>
/// Sums the columns of a row-major matrix: short runs of rows in float lanes, the runs of a chunk in double, the chunks in
/// double and in order. The chunks follow from the shape alone.
/// </summary>
internal readonly unsafe struct ColumnSums<TVec, TLanes> : IChunkWork
    where TVec : unmanaged
    where TLanes : struct, ILanes<TVec>
{
    // A float sum of 64 terms is good to 64 roundings.
    private const int RunRows = 64;
    private const int ChunkElements = 32 * 1024;
    private const int MostChunks = 64;

    private readonly float* _source;
    private readonly int _rows;
    private readonly int _channels;
    private readonly int _chunks;
    private readonly double* _partials;

    private ColumnSums(float* source, int rows, int channels, int chunks, double* partials)
    {
        _source = source;
        _rows = rows;
        _channels = channels;
        _chunks = chunks;
        _partials = partials;
    }

    /// <summary>sums[j] = sum over i of source[i, j].</summary>
    public static void Run(WorkerPool pool, int rows, int channels, float* source, float* sums)
    {
        long wanted = ((long)rows * channels / ChunkElements) + 1;
        int chunks = (int)Math.Min(Math.Min(MostChunks, wanted), Math.Max(1, rows / RunRows));
        nuint stride = (nuint)Stride(channels);
        using Scratch lent = pool.Scratch((nuint)chunks * stride * sizeof(double));
        double* partials = (double*)lent.Pointer;
        var work = new ColumnSums<TVec, TLanes>(source, rows, channels, chunks, partials);
        pool.For(chunks, ref work);
        for (int channel = 0; channel < channels; channel++)
        {
            double sum = partials[channel];
            for (int chunk = 1; chunk < chunks; chunk++)
                sum += partials[((nuint)chunk * stride) + (nuint)channel];
            sums[channel] = (float)sum;
        }
    }

    /// <inheritdoc/>
    [MethodImpl(HotMethods.Compilation)]
    public void Run(int chunk)
    {
        double* partial = _partials + ((nint)chunk * Stride(_channels));
        new Span<double>(partial, Stride(_channels)).Clear();
        int begin = Partition.Begin(chunk, _chunks, _rows);
        int end = Partition.Begin(chunk + 1, _chunks, _rows);
        for (int row = begin; row < end; row += RunRows)
            AddRun(_source + ((nint)row * _channels), Math.Min(RunRows, end - row), partial);
    }

    // Whole vectors of doubles are added to a partial result.
    private static int Stride(int channels) => Partition.CeilingDivide(channels, TLanes.Count) * TLanes.Count;

    private void AddRun(float* source, int rows, double* partial)
    {
        int channel = 0;
        for (; channel + (4 * TLanes.Count) <= _channels; channel += 4 * TLanes.Count)
            AddFour(source + channel, rows, partial + channel);
        for (; channel + TLanes.Count <= _channels; channel += TLanes.Count)
            AddOne(source + channel, rows, partial + channel);
        if (channel < _channels)
            AddPartial(source + channel, _channels - channel, rows, partial + channel);
    }

    [MethodImpl(HotMethods.Compilation)]
    private void AddFour(float* source, int rows, double* partial)
    {
        TVec a = TLanes.Zero;
        TVec b = TLanes.Zero;
        TVec c = TLanes.Zero;
        TVec d = TLanes.Zero;
        for (; rows > 0; rows--)
        {
            a = TLanes.Add(a, TLanes.Load(source));
            b = TLanes.Add(b, TLanes.Load(source + TLanes.Count));
            c = TLanes.Add(c, TLanes.Load(source + (2 * TLanes.Count)));
            d = TLanes.Add(d, TLanes.Load(source + (3 * TLanes.Count)));
            source += _channels;
        }

        TLanes.AddTo(partial, a);
        TLanes.AddTo(partial + TLanes.Count, b);
        TLanes.AddTo(partial + (2 * TLanes.Count), c);
        TLanes.AddTo(partial + (3 * TLanes.Count), d);
    }

    [MethodImpl(HotMethods.Compilation)]
    private void AddOne(float* source, int rows, double* partial)
    {
        TVec sum = TLanes.Zero;
        for (; rows > 0; rows--)
        {
            sum = TLanes.Add(sum, TLanes.Load(source));
            source += _channels;
        }

        TLanes.AddTo(partial, sum);
    }

    [MethodImpl(HotMethods.Compilation)]
    private void AddPartial(float* source, int channels, int rows, double* partial)
    {
        TVec sum = TLanes.Zero;
        for (; rows > 0; rows--)
        {
            sum = TLanes.Add(sum, TLanes.LoadPartial(source, channels));
            source += _channels;
        }

        TLanes.AddTo(partial, sum);
    }
}
