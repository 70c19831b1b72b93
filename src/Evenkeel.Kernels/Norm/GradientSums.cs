using System.Numerics;
using System.Runtime.CompilerServices;
using Evenkeel.Kernels.Elementwise;
using Evenkeel.Kernels.Lanes;
using Evenkeel.Kernels.Loops;
using Evenkeel.Kernels.Threading;

namespace Evenkeel.Kernels.Norm;

/// <summary>Sums of gradients: single precision inside a block of rows, double precision beyond.</summary>
internal static unsafe class GradientSums
{
    /// <summary>Sums of all rows, and dx = scale * d beside them: the statistics are constants.</summary>
    public static void Scaled<TAct>(
        WorkerPool pool,
        in NormPlan plan,
        TAct act,
        in NormBackwardInputs inputs,
        Span<float> dx,
        in NormWorkspace workspace
    )
        where TAct : struct, IActivation
    {
        fixed (
            float* px = inputs.X,
                py = inputs.Y,
                pdy = inputs.Dy,
                pdx = dx
        )
        {
            var matrices = new GradientMatrices(px, py, pdy, pdx, plan.OutputStride);
            GradientSumsWork<TAct, ScaledGradient>.RunAll(pool, plan, act, matrices, workspace);
        }
    }

    /// <summary>Sums the columns of <paramref name="tile"/> into partial result <paramref name="partial"/> (in floats of x).</summary>
    public static void OfTile<TAct, TSink>(
        TAct act,
        in GradientMatrices matrices,
        int width,
        in Tile tile,
        in NormWorkspace workspace,
        nint partial
    )
        where TAct : struct, IActivation
        where TSink : struct, IGradientSink
    {
        double* first = workspace.First + partial;
        double* second = workspace.Second + partial;
        new Span<double>(first, tile.Columns).Clear();
        new Span<double>(second, tile.Columns).Clear();
        float* sums = workspace.BlockFirst + ((nint)tile.Chunk * tile.Columns);
        float* products = workspace.BlockSecond + ((nint)tile.Chunk * tile.Columns);
        var pass = new GradientSumsPass<TAct, TSink>(act, matrices, tile.Columns, workspace, sums, products);
        for (int done = 0; done < tile.Rows; done += NormPlan.BlockRows)
        {
            int rows = Math.Min(NormPlan.BlockRows, tile.Rows - done);
            ColumnPass.Run(ref pass, width, tile.Row + done, rows, tile.Columns);
            Add(sums, first, tile.Columns);
            Add(products, second, tile.Columns);
        }
    }

    /// <summary>Adds all partial results of each channel to the first, in index order.</summary>
    public static void Merge(in NormPlan plan, in NormWorkspace workspace)
    {
        for (int p = 1; p < plan.Partials; p++)
        {
            nint at = (nint)p * plan.Channels;
            Add(workspace.First + at, workspace.First, plan.Channels);
            Add(workspace.Second + at, workspace.Second, plan.Channels);
        }
    }

    private static void Add(float* block, double* sum, int columns)
    {
        int c = 0;
        for (; c + Vector<float>.Count <= columns; c += Vector<float>.Count)
        {
            Vector.Widen(Vector.Load(block + c), out Vector<double> low, out Vector<double> high);
            int half = c + Vector<double>.Count;
            (Vector.Load(sum + c) + low).Store(sum + c);
            (Vector.Load(sum + half) + high).Store(sum + half);
        }

        for (; c < columns; c++)
            sum[c] += block[c];
    }

    private static void Add(double* part, double* sum, int columns)
    {
        int c = 0;
        for (; c + Vector<double>.Count <= columns; c += Vector<double>.Count)
            (Vector.Load(sum + c) + Vector.Load(part + c)).Store(sum + c);
        for (; c < columns; c++)
            sum[c] += part[c];
    }
}

/// <summary>Sums of d = dy * g'(.) and of d * (x - center) over one block of rows; d also goes to a sink.</summary>
internal readonly unsafe struct GradientSumsPass<TAct, TSink>(
    TAct act,
    GradientMatrices matrices,
    int stride,
    in NormWorkspace workspace,
    float* sums,
    float* products
) : IColumnPass
    where TAct : struct, IActivation
    where TSink : struct, IGradientSink
{
    private readonly float* _x = matrices.X;
    private readonly float* _y = matrices.Y;
    private readonly float* _dy = matrices.Dy;
    private readonly float* _dx = matrices.Dx;
    private readonly int _outputStride = matrices.OutputStride;
    private readonly float* _center = workspace.Center;
    private readonly float* _scale = workspace.Scale;
    private readonly float* _shift = workspace.Shift;
    private readonly float* _sums = sums;
    private readonly float* _products = products;

    public int Run<TLanes, TVec>(int row, int rows, int column, int columns)
        where TLanes : struct, ILanes<TVec>
        where TVec : unmanaged
    {
        nint start = (nint)row * stride;
        nint output = (nint)row * _outputStride;
        for (; column + (4 * TLanes.Count) <= columns; column += 4 * TLanes.Count)
            Four<TLanes, TVec>(start + column, output + column, rows, column);
        for (; column + TLanes.Count <= columns; column += TLanes.Count)
            One<TLanes, TVec>(start + column, output + column, rows, column);
        return column;
    }

    // A method of its own: what is inlined into it stays within what the JIT allows one method.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private void Four<TLanes, TVec>(nint at, nint output, int rows, int column)
        where TLanes : struct, ILanes<TVec>
        where TVec : unmanaged
    {
        int w = TLanes.Count;
        nint step = stride;
        nint outputStep = _outputStride;
        TAct g = act;
        float* x = _x;
        float* y = _y;
        float* dy = _dy;
        float* dx = _dx;
        var c0 = Affine<TLanes, TVec>.Load(_center, _scale, _shift, column);
        var c1 = Affine<TLanes, TVec>.Load(_center, _scale, _shift, column + w);
        var c2 = Affine<TLanes, TVec>.Load(_center, _scale, _shift, column + (2 * w));
        var c3 = Affine<TLanes, TVec>.Load(_center, _scale, _shift, column + (3 * w));
        TVec s0 = TLanes.Zero;
        TVec s1 = TLanes.Zero;
        TVec s2 = TLanes.Zero;
        TVec s3 = TLanes.Zero;
        TVec q0 = TLanes.Zero;
        TVec q1 = TLanes.Zero;
        TVec q2 = TLanes.Zero;
        TVec q3 = TLanes.Zero;
        for (int i = 0; i < rows; i++, at += step, output += outputStep)
        {
            TVec x0 = c0.Centered(TLanes.Load(x + at));
            TVec d0 = Gradient<TLanes, TVec>(g, c0, x0, y + output, dy + output, dx + at);
            s0 = TLanes.Add(s0, d0);
            q0 = TLanes.MultiplyAdd(d0, x0, q0);
            TVec x1 = c1.Centered(TLanes.Load(x + at + w));
            TVec d1 = Gradient<TLanes, TVec>(g, c1, x1, y + output + w, dy + output + w, dx + at + w);
            s1 = TLanes.Add(s1, d1);
            q1 = TLanes.MultiplyAdd(d1, x1, q1);
            TVec x2 = c2.Centered(TLanes.Load(x + at + (2 * w)));
            TVec d2 = Gradient<TLanes, TVec>(g, c2, x2, y + output + (2 * w), dy + output + (2 * w), dx + at + (2 * w));
            s2 = TLanes.Add(s2, d2);
            q2 = TLanes.MultiplyAdd(d2, x2, q2);
            TVec x3 = c3.Centered(TLanes.Load(x + at + (3 * w)));
            TVec d3 = Gradient<TLanes, TVec>(g, c3, x3, y + output + (3 * w), dy + output + (3 * w), dx + at + (3 * w));
            s3 = TLanes.Add(s3, d3);
            q3 = TLanes.MultiplyAdd(d3, x3, q3);
        }

        Write<TLanes, TVec>(column, s0, q0);
        Write<TLanes, TVec>(column + w, s1, q1);
        Write<TLanes, TVec>(column + (2 * w), s2, q2);
        Write<TLanes, TVec>(column + (3 * w), s3, q3);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void One<TLanes, TVec>(nint at, nint output, int rows, int column)
        where TLanes : struct, ILanes<TVec>
        where TVec : unmanaged
    {
        nint step = stride;
        nint outputStep = _outputStride;
        TAct g = act;
        var c = Affine<TLanes, TVec>.Load(_center, _scale, _shift, column);
        TVec s = TLanes.Zero;
        TVec q = TLanes.Zero;
        for (int i = 0; i < rows; i++, at += step, output += outputStep)
        {
            TVec x = c.Centered(TLanes.Load(_x + at));
            TVec d = Gradient<TLanes, TVec>(g, c, x, _y + output, _dy + output, _dx + at);
            s = TLanes.Add(s, d);
            q = TLanes.MultiplyAdd(d, x, q);
        }

        Write<TLanes, TVec>(column, s, q);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TVec Gradient<TLanes, TVec>(
        TAct g,
        in Affine<TLanes, TVec> affine,
        TVec centered,
        float* y,
        float* dy,
        float* dx
    )
        where TLanes : struct, ILanes<TVec>
        where TVec : unmanaged
    {
        TVec d = PreGradient<TAct, TLanes, TVec>.Of(g, affine, centered, y, dy);
        TSink.Write<TLanes, TVec>(dx, affine.Scale, d);
        return d;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void Write<TLanes, TVec>(int column, TVec sum, TVec product)
        where TLanes : struct, ILanes<TVec>
        where TVec : unmanaged
    {
        TLanes.Store(_sums + column, sum);
        TLanes.Store(_products + column, product);
    }
}

/// <summary>The reduction of a backward pass: sums of gradients of each tile, and what the sink makes of them.</summary>
internal readonly unsafe struct GradientSumsWork<TAct, TSink>(
    NormPlan plan,
    TAct act,
    GradientMatrices matrices,
    NormWorkspace workspace
) : IChunkWork
    where TAct : struct, IActivation
    where TSink : struct, IGradientSink
{
    /// <summary>Leaves the sums of every channel in the first partial result.</summary>
    public static void RunAll(
        WorkerPool pool,
        in NormPlan plan,
        TAct act,
        in GradientMatrices matrices,
        in NormWorkspace workspace
    )
    {
        Coefficients.Repeat(plan, workspace);
        var work = new GradientSumsWork<TAct, TSink>(plan, act, matrices, workspace);
        pool.For(plan.Chunks, ref work);
        if (plan.TailRows > 0)
            work.Tail();
        GradientSums.Merge(plan, workspace);
    }

    public void Run(int chunk)
    {
        Tile tile = Tile.Of(plan, chunk);
        nint partial = (nint)tile.Chunk * plan.Columns;
        GradientSums.OfTile<TAct, TSink>(act, matrices, plan.Width, tile, workspace, partial);
    }

    private void Tail()
    {
        nint partial = (nint)(plan.Partials - 1) * plan.Channels;
        GradientSums.OfTile<TAct, TSink>(act, matrices.Tail(plan), plan.Width, Tile.Tail(plan), workspace, partial);
    }
}
