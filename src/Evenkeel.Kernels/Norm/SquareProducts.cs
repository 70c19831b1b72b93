using System.Numerics;
using System.Runtime.CompilerServices;
using Evenkeel.Kernels.Threading;

namespace Evenkeel.Kernels.Norm;

/// <summary>
/// Products of square matrices in double precision, of all groups at once: c = a b or c = a^T b. Every element is one sum in the order of its
/// terms, whichever thread computes it.
/// </summary>
internal readonly unsafe struct SquareProducts : IChunkWork
{
    // Rows of a tile, whose sums stay in registers.
    private const int TileRows = 4;

    // Rows of a chunk; terms of a block, whose part of b stays in the first-level cache.
    private const int ChunkRows = 32;
    private const int BlockTerms = 256;

    private readonly int _size;
    private readonly int _chunksPerMatrix;
    private readonly MatrixOperand _a;
    private readonly MatrixOperand _b;
    private readonly MatrixOperand _c;
    private readonly bool _isTransposed;

    private SquareProducts(int size, MatrixOperand a, bool isTransposed, MatrixOperand b, MatrixOperand c)
    {
        (_size, _a, _isTransposed, _b, _c) = (size, a, isTransposed, b, c);
        _chunksPerMatrix = (size + ChunkRows - 1) / ChunkRows;
    }

    /// <summary>c = a b for each group; c is other memory than a and b.</summary>
    public static void Run(WorkerPool pool, WhiteningShape shape, MatrixOperand a, MatrixOperand b, MatrixOperand c) =>
        Run(pool, shape, new SquareProducts(shape.Size, a, false, b, c));

    /// <summary>c = a^T b for each group; c is other memory than a and b.</summary>
    public static void RunTransposed(
        WorkerPool pool,
        WhiteningShape shape,
        MatrixOperand a,
        MatrixOperand b,
        MatrixOperand c
    ) => Run(pool, shape, new SquareProducts(shape.Size, a, true, b, c));

    /// <inheritdoc/>
    public void Run(int chunk)
    {
        (int group, int part) = Math.DivRem(chunk, _chunksPerMatrix);
        int first = part * ChunkRows,
            end = Math.Min(first + ChunkRows, _size);
        double* c = _c.Of(group);
        new Span<double>(c + ((nint)first * _size), (end - first) * _size).Clear();
        for (int begin = 0; begin < _size; begin += BlockTerms)
            RunBlock(group, first, end, begin, Math.Min(begin + BlockTerms, _size));
    }

    private static void Run(WorkerPool pool, WhiteningShape shape, SquareProducts work) =>
        pool.For(shape.Groups * work._chunksPerMatrix, ref work);

    // c[first..end] += a[.., begin..stop] b[begin..stop].
    [MethodImpl(HotMethods.Loop)]
    private void RunBlock(int group, int first, int end, int begin, int stop)
    {
        int width = 2 * Vector<double>.Count;
        nint rowStride = _isTransposed ? 1 : _size,
            termStride = _isTransposed ? _size : 1;
        double* a = _a.Of(group) + (begin * termStride);
        double* b = _b.Of(group) + ((nint)begin * _size);
        double* c = _c.Of(group);
        int column = 0;
        for (; column + width <= _size; column += width)
        {
            int row = first;
            for (; row + TileRows <= end; row += TileRows)
                Tile(
                    a + (row * rowStride),
                    rowStride,
                    termStride,
                    b + column,
                    c + ((nint)row * _size) + column,
                    stop - begin
                );
            for (; row < end; row++)
                Row(a + (row * rowStride), termStride, b + column, c + ((nint)row * _size) + column, stop - begin);
        }

        for (int row = first; row < end && column < _size; row++)
            Rest(a + (row * rowStride), termStride, b, c + ((nint)row * _size), column, stop - begin);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void Tile(double* a, nint rowStride, nint termStride, double* b, double* c, int terms)
    {
        double* c1 = c + _size,
            c2 = c1 + _size,
            c3 = c2 + _size;
        int second = Vector<double>.Count;
        Vector<double> s00 = Vector.Load(c),
            s01 = Vector.Load(c + second),
            s10 = Vector.Load(c1),
            s11 = Vector.Load(c1 + second),
            s20 = Vector.Load(c2),
            s21 = Vector.Load(c2 + second),
            s30 = Vector.Load(c3),
            s31 = Vector.Load(c3 + second);
        for (int term = 0; term < terms; term++)
        {
            Vector<double> b0 = Vector.Load(b),
                b1 = Vector.Load(b + second),
                factor = new(a[0]);
            s00 = Vector.FusedMultiplyAdd(factor, b0, s00);
            s01 = Vector.FusedMultiplyAdd(factor, b1, s01);
            factor = new(a[rowStride]);
            s10 = Vector.FusedMultiplyAdd(factor, b0, s10);
            s11 = Vector.FusedMultiplyAdd(factor, b1, s11);
            factor = new(a[2 * rowStride]);
            s20 = Vector.FusedMultiplyAdd(factor, b0, s20);
            s21 = Vector.FusedMultiplyAdd(factor, b1, s21);
            factor = new(a[3 * rowStride]);
            s30 = Vector.FusedMultiplyAdd(factor, b0, s30);
            s31 = Vector.FusedMultiplyAdd(factor, b1, s31);
            a += termStride;
            b += _size;
        }

        s00.Store(c);
        s01.Store(c + second);
        s10.Store(c1);
        s11.Store(c1 + second);
        s20.Store(c2);
        s21.Store(c2 + second);
        s30.Store(c3);
        s31.Store(c3 + second);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void Row(double* a, nint termStride, double* b, double* c, int terms)
    {
        int second = Vector<double>.Count;
        Vector<double> s0 = Vector.Load(c),
            s1 = Vector.Load(c + second);
        for (int term = 0; term < terms; term++)
        {
            var factor = new Vector<double>(*a);
            s0 = Vector.FusedMultiplyAdd(factor, Vector.Load(b), s0);
            s1 = Vector.FusedMultiplyAdd(factor, Vector.Load(b + second), s1);
            a += termStride;
            b += _size;
        }

        s0.Store(c);
        s1.Store(c + second);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void Rest(double* a, nint termStride, double* b, double* c, int column, int terms)
    {
        for (int term = 0; term < terms; term++)
        {
            double factor = *a;
            for (int j = column; j < _size; j++)
                c[j] = Math.FusedMultiplyAdd(factor, b[j], c[j]);
            a += termStride;
            b += _size;
        }
    }
}

/// <summary>Where the matrices of groups lie.</summary>
/// <param name="first">The first group's.</param>
/// <param name="stride">Doubles from one group's to the next.</param>
internal readonly unsafe struct MatrixOperand(double* first, nint stride)
{
    /// <summary>The matrix of a group.</summary>
    public double* Of(int group) => first + (group * stride);
}
