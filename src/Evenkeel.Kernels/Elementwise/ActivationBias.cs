using System.Runtime.CompilerServices;
using Evenkeel.Kernels.Lanes;
using Evenkeel.Kernels.Loops;
using Evenkeel.Kernels.Threading;

namespace Evenkeel.Kernels.Elementwise;

/// <summary>The gradient through an activation and the bias in front of it, in one pass.</summary>
public static unsafe class ActivationBias
{
    /// <summary>
    /// dz = dy * g', with g' from the output y, and db[j] = sum over i of dz[i, j]; db is zero with no rows. Sums are in
    /// single precision within blocks of 64 rows and in double precision beyond.
    /// </summary>
    /// <param name="pool">The threads to use.</param>
    /// <param name="act">The activation g: one whose output tells its gradient, as Identity, Relu, LeakyRelu or Sigmoid.</param>
    /// <param name="rows">Rows, 0 or more.</param>
    /// <param name="channels">Channels, 1 or more.</param>
    /// <param name="y">The outputs y = g(z + bias).</param>
    /// <param name="dy">Their gradients.</param>
    /// <param name="dz">Receives [rows, channels]; may be the memory of a dense dy or y.</param>
    /// <param name="db">Receives [channels].</param>
    /// <exception cref="ArgumentException">
    /// A size does not fit, dz overlaps an input without being the same memory, or g' does not follow from y.
    /// </exception>
    public static void Backward<TAct>(
        WorkerPool pool,
        TAct act,
        int rows,
        int channels,
        StridedRows y,
        StridedRows dy,
        Span<float> dz,
        Span<float> db
    )
        where TAct : struct, IActivation
    {
        ArgumentNullException.ThrowIfNull(pool);
        MatrixArguments.CheckShape(rows, channels);
        y.Check(rows, channels, "y");
        dy.Check(rows, channels, "dy");
        MatrixArguments.CheckMatrix(rows, channels, dz.Length);
        MatrixArguments.CheckVector(channels, db.Length);
        MatrixArguments.CheckOverlap(dz, y.Values, channels, y.Stride);
        MatrixArguments.CheckOverlap(dz, dy.Values, channels, dy.Stride);
        if (rows == 0)
            db.Clear();
        else
            Backward(
                pool,
                ActivationBiasPlan.For(rows, channels, WidestLanes.Count),
                FromOutput<TAct>.Require(act),
                y,
                dy,
                dz,
                db
            );
    }

    internal static void Backward<TAct>(
        WorkerPool pool,
        in ActivationBiasPlan plan,
        FromOutput<TAct> act,
        StridedRows y,
        StridedRows dy,
        Span<float> dz,
        Span<float> db
    )
        where TAct : struct, IActivation
    {
        int channels = plan.Channels;
        using Scratch lent = pool.Scratch((nuint)plan.Chunks * (nuint)channels * sizeof(double));
        double* partials = (double*)lent.Pointer;
        fixed (
            float* ys = y.Values,
                dys = dy.Values,
                dzs = dz
        )
        {
            var pass = new ActivationBiasPass<TAct>(act, ys, y.Stride, dys, dy.Stride, dzs, channels);
            var work = new ActivationBiasWork<TAct>(plan, pass, partials);
            pool.For(plan.Chunks, ref work);
        }

        for (int c = 0; c < channels; c++)
        {
            double sum = partials[c];
            for (int chunk = 1; chunk < plan.Chunks; chunk++)
                sum += partials[((nint)chunk * channels) + c];
            db[c] = (float)sum;
        }
    }
}

/// <summary>Rows of a matrix that need not lie side by side.</summary>
/// <param name="values">Row i begins at float i * stride.</param>
/// <param name="stride">Floats from row to row, the row's or more.</param>
public readonly ref struct StridedRows(ReadOnlySpan<float> values, int stride)
{
    /// <summary>Row i begins at float i * <see cref="Stride"/>.</summary>
    public ReadOnlySpan<float> Values { get; } = values;

    /// <summary>Floats from row to row.</summary>
    public int Stride { get; } = stride;

    internal void Check(int rows, int channels, string name) =>
        MatrixArguments.CheckRows(rows, channels, Stride, Values.Length, name);
}

/// <summary>The blocks of one chunk of rows, and their sums in double precision.</summary>
internal readonly unsafe struct ActivationBiasWork<TAct>(
    ActivationBiasPlan plan,
    ActivationBiasPass<TAct> pass,
    double* partials
) : IChunkWork
    where TAct : struct, IActivation
{
    public void Run(int chunk)
    {
        double* sums = partials + ((nint)chunk * plan.Channels);
        new Span<double>(sums, plan.Channels).Clear();
        ActivationBiasPass<TAct> mine = pass.Into(sums);
        int end = Math.Min(plan.Rows, (chunk + 1) * plan.ChunkRows);
        for (int row = chunk * plan.ChunkRows; row < end; row += ActivationBiasPlan.BlockRows)
        {
            int rows = Math.Min(ActivationBiasPlan.BlockRows, end - row);
            ColumnPass.Run(ref mine, plan.Width, row, rows, plan.Channels);
        }
    }
}

/// <summary>dz = dy * g'(y) over one block of rows, whose columns are added to doubles.</summary>
internal readonly unsafe struct ActivationBiasPass<TAct>(
    FromOutput<TAct> act,
    float* y,
    int yStride,
    float* dy,
    int dyStride,
    float* dz,
    int stride,
    double* sums = null
) : IColumnPass
    where TAct : struct, IActivation
{
    private readonly float* _y = y;
    private readonly float* _dy = dy;
    private readonly float* _dz = dz;
    private readonly double* _sums = sums;

    /// <summary>The same pass with the sums of a chunk.</summary>
    public ActivationBiasPass<TAct> Into(double* sums) => new(act, _y, yStride, _dy, dyStride, _dz, stride, sums);

    public int Run<TLanes, TVec>(int row, int rows, int column, int columns)
        where TLanes : struct, ILanes<TVec>
        where TVec : unmanaged
    {
        for (; column + (2 * TLanes.Count) <= columns; column += 2 * TLanes.Count)
            Two<TLanes, TVec>(row, rows, column);
        for (; column + TLanes.Count <= columns; column += TLanes.Count)
            One<TLanes, TVec>(row, rows, column);
        return column;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void Two<TLanes, TVec>(int row, int rows, int column)
        where TLanes : struct, ILanes<TVec>
        where TVec : unmanaged
    {
        float* y = _y + ((nint)row * yStride) + column;
        float* dy = _dy + ((nint)row * dyStride) + column;
        float* dz = _dz + ((nint)row * stride) + column;
        TVec s0 = TLanes.Zero;
        TVec s1 = TLanes.Zero;
        for (int i = 0; i < rows; i++, y += yStride, dy += dyStride, dz += stride)
        {
            TVec d0 = Gradient<TLanes, TVec>(y, dy);
            TVec d1 = Gradient<TLanes, TVec>(y + TLanes.Count, dy + TLanes.Count);
            TLanes.Store(dz, d0);
            TLanes.Store(dz + TLanes.Count, d1);
            s0 = TLanes.Add(s0, d0);
            s1 = TLanes.Add(s1, d1);
        }

        TLanes.AddTo(_sums + column, s0);
        TLanes.AddTo(_sums + column + TLanes.Count, s1);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void One<TLanes, TVec>(int row, int rows, int column)
        where TLanes : struct, ILanes<TVec>
        where TVec : unmanaged
    {
        float* y = _y + ((nint)row * yStride) + column;
        float* dy = _dy + ((nint)row * dyStride) + column;
        float* dz = _dz + ((nint)row * stride) + column;
        TVec sum = TLanes.Zero;
        for (int i = 0; i < rows; i++, y += yStride, dy += dyStride, dz += stride)
        {
            TVec d = Gradient<TLanes, TVec>(y, dy);
            TLanes.Store(dz, d);
            sum = TLanes.Add(sum, d);
        }

        TLanes.AddTo(_sums + column, sum);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private TVec Gradient<TLanes, TVec>(float* y, float* dy)
        where TLanes : struct, ILanes<TVec>
        where TVec : unmanaged => Slope<FromOutput<TAct>, TLanes, TVec>(act, TLanes.Load(y), TLanes.Load(dy));

    // Interface members of a generic struct are reached through a type parameter without boxing.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TVec Slope<T, TLanes, TVec>(T g, TVec y, TVec dy)
        where T : struct, IActivation
        where TLanes : struct, ILanes<TVec>
        where TVec : unmanaged => g.Gradient<TLanes, TVec>(y, dy);
}

/// <summary>How rows are cut into chunks of whole blocks; it follows from the shape alone.</summary>
internal readonly record struct ActivationBiasPlan(int Rows, int Channels, int Width, int ChunkRows)
{
    /// <summary>Rows summed in single precision before they are added to doubles.</summary>
    public const int BlockRows = 64;

    private const int SmallestChunk = 32 * 1024;
    private const int MostChunks = 64;

    /// <summary>Number of chunks.</summary>
    public int Chunks => (Rows + ChunkRows - 1) / ChunkRows;

    /// <summary>Plans a matrix of at least one row.</summary>
    public static ActivationBiasPlan For(int rows, int channels, int width)
    {
        int enough = Math.Max(SmallestChunk / channels, rows / MostChunks);
        return new ActivationBiasPlan(rows, channels, width, ((enough / BlockRows) + 1) * BlockRows);
    }
}
