using System.Runtime.CompilerServices;
using Evenkeel.Kernels.Elementwise;
using Evenkeel.Kernels.Lanes;
using Evenkeel.Kernels.Loops;
using Evenkeel.Kernels.Threading;

namespace Evenkeel.Kernels.Norm;

/// <summary>The gradient of the input through a normalisation and its statistics.</summary>
public static unsafe class InputGradient
{
    /// <summary>dx = scale * (d - meanGradient + (x - center) * slope), where d = dy * g'.</summary>
    /// <param name="pool">The threads to use.</param>
    /// <param name="act">The activation g of the forward pass.</param>
    /// <param name="shape">The matrices.</param>
    /// <param name="inputs">x, y and dy.</param>
    /// <param name="coefficients">As in the forward pass.</param>
    /// <param name="gradient">What the sums gave.</param>
    /// <param name="dx">Receives [rows, channels]; may be dy's memory where both are dense.</param>
    /// <exception cref="ArgumentException">A size does not fit, or dx overlaps an input without being the same memory.</exception>
    public static void Run<TAct>(
        WorkerPool pool,
        TAct act,
        NormShape shape,
        in NormBackwardInputs inputs,
        in NormCoefficients coefficients,
        in GradientCoefficients gradient,
        Span<float> dx
    )
        where TAct : struct, IActivation
    {
        inputs.Check<TAct>(pool, shape, coefficients);
        inputs.CheckOutput<TAct>(shape, dx);
        gradient.Check(shape.Channels);
        if (shape.Rows > 0)
            Run(pool, NormPlan.ForBackward<TAct>(shape), act, inputs, coefficients, gradient, dx);
    }

    internal static void Run<TAct>(
        WorkerPool pool,
        in NormPlan plan,
        TAct act,
        in NormBackwardInputs inputs,
        in NormCoefficients coefficients,
        in GradientCoefficients gradient,
        Span<float> dx
    )
        where TAct : struct, IActivation
    {
        using Scratch lent = NormWorkspace.Borrow(pool, plan);
        var workspace = new NormWorkspace(lent, plan);
        workspace.Set(plan, coefficients);
        workspace.Set(plan, gradient);
        fixed (
            float* px = inputs.X,
                py = inputs.Y,
                pdy = inputs.Dy,
                pdx = dx
        )
            RunAll(pool, plan, act, new GradientMatrices(px, py, pdy, pdx, plan.OutputStride), workspace);
    }

    // Picks how to write the output from its size and alignment.
    private static void RunAll<TAct>(
        WorkerPool pool,
        in NormPlan plan,
        TAct act,
        in GradientMatrices matrices,
        in NormWorkspace workspace
    )
        where TAct : struct, IActivation
    {
        if (plan.StreamsTo(matrices.Dx))
            RunAll<TAct, StreamingStore>(pool, plan, act, matrices, workspace);
        else
            RunAll<TAct, CachedStore>(pool, plan, act, matrices, workspace);
    }

    // All tiles and the rows that folding leaves over.
    private static void RunAll<TAct, TStore>(
        WorkerPool pool,
        in NormPlan plan,
        TAct act,
        in GradientMatrices matrices,
        in NormWorkspace workspace
    )
        where TAct : struct, IActivation
        where TStore : struct, IStore
    {
        var work = new InputGradientWork<TAct, TStore>(plan, act, matrices, workspace);
        // What was read last is still in the caches: begin there.
        pool.ForBackwards(plan.Chunks, work);
        if (plan.TailRows == 0)
            return;
        var pass = new InputGradientPass<TAct, CachedStore>(act, matrices.Tail(plan), plan.Channels, workspace);
        TileSweep.Run(ref pass, plan.Width, Tile.Tail(plan));
    }
}

/// <summary>dx = scale * (d - meanGradient + (x - center) * slope), where d = dy * g'(.).</summary>
internal readonly unsafe struct InputGradientPass<TAct, TStore>(
    TAct act,
    GradientMatrices matrices,
    int stride,
    in NormWorkspace workspace
) : IColumnPass
    where TAct : struct, IActivation
    where TStore : struct, IStore
{
    private readonly float* _x = matrices.X;
    private readonly float* _y = matrices.Y;
    private readonly float* _dy = matrices.Dy;
    private readonly float* _dx = matrices.Dx;
    private readonly int _outputStride = matrices.OutputStride;
    private readonly float* _center = workspace.Center;
    private readonly float* _scale = workspace.Scale;
    private readonly float* _shift = workspace.Shift;
    private readonly float* _mean = workspace.MeanGradient;
    private readonly float* _slope = workspace.Slope;

    public int Run<TLanes, TVec>(int row, int rows, int column, int columns)
        where TLanes : struct, ILanes<TVec>
        where TVec : unmanaged
    {
        nint start = (nint)row * stride;
        nint output = (nint)row * _outputStride;
        bool inOrder = stride == _outputStride && columns > 4 * TLanes.Count;
        for (; column + (4 * TLanes.Count) <= columns; column += 4 * TLanes.Count)
        {
            if (inOrder)
                Four<TLanes, TVec, RowsAhead>(
                    start + column,
                    output + column,
                    rows,
                    column,
                    RowsAhead.Of(_x + start, _dy + start, stride, rows, column)
                );
            else
                Four<TLanes, TVec, ColumnsAhead>(
                    start + column,
                    output + column,
                    rows,
                    column,
                    new ColumnsAhead(stride, _outputStride)
                );
        }

        for (; column + TLanes.Count <= columns; column += TLanes.Count)
            One<TLanes, TVec>(start + column, output + column, rows, column);
        return column;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TVec Combine<TLanes, TVec>(TVec scale, TVec mean, TVec slope, TVec centered, TVec d)
        where TLanes : struct, ILanes<TVec>
        where TVec : unmanaged => TLanes.Multiply(TLanes.MultiplyAdd(centered, slope, TLanes.Subtract(d, mean)), scale);

    [MethodImpl(HotMethods.Loop)]
    private void Four<TLanes, TVec, TAhead>(nint at, nint output, int rows, int column, TAhead ahead)
        where TLanes : struct, ILanes<TVec>
        where TVec : unmanaged
        where TAhead : struct, IMatricesAhead
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
        TVec m0 = TLanes.Load(_mean + column);
        TVec k0 = TLanes.Load(_slope + column);
        var c1 = Affine<TLanes, TVec>.Load(_center, _scale, _shift, column + w);
        TVec m1 = TLanes.Load(_mean + column + w);
        TVec k1 = TLanes.Load(_slope + column + w);
        var c2 = Affine<TLanes, TVec>.Load(_center, _scale, _shift, column + (2 * w));
        TVec m2 = TLanes.Load(_mean + column + (2 * w));
        TVec k2 = TLanes.Load(_slope + column + (2 * w));
        var c3 = Affine<TLanes, TVec>.Load(_center, _scale, _shift, column + (3 * w));
        TVec m3 = TLanes.Load(_mean + column + (3 * w));
        TVec k3 = TLanes.Load(_slope + column + (3 * w));
        for (int i = 0; i < rows; i++, at += step, output += outputStep)
        {
            ahead.Next<TLanes, TVec>(x + at, dy + output);
            TVec x0 = c0.Centered(TLanes.Load(x + at));
            TVec d0 = PreGradient<TAct, TLanes, TVec>.Of(g, c0, x0, y + output, dy + output);
            TStore.Store<TLanes, TVec>(dx + at, Combine<TLanes, TVec>(c0.Scale, m0, k0, x0, d0));
            TVec x1 = c1.Centered(TLanes.Load(x + at + w));
            TVec d1 = PreGradient<TAct, TLanes, TVec>.Of(g, c1, x1, y + output + w, dy + output + w);
            TStore.Store<TLanes, TVec>(dx + at + w, Combine<TLanes, TVec>(c1.Scale, m1, k1, x1, d1));
            TVec x2 = c2.Centered(TLanes.Load(x + at + (2 * w)));
            TVec d2 = PreGradient<TAct, TLanes, TVec>.Of(g, c2, x2, y + output + (2 * w), dy + output + (2 * w));
            TStore.Store<TLanes, TVec>(dx + at + (2 * w), Combine<TLanes, TVec>(c2.Scale, m2, k2, x2, d2));
            TVec x3 = c3.Centered(TLanes.Load(x + at + (3 * w)));
            TVec d3 = PreGradient<TAct, TLanes, TVec>.Of(g, c3, x3, y + output + (3 * w), dy + output + (3 * w));
            TStore.Store<TLanes, TVec>(dx + at + (3 * w), Combine<TLanes, TVec>(c3.Scale, m3, k3, x3, d3));
        }
    }

    [MethodImpl(HotMethods.Loop)]
    private void One<TLanes, TVec>(nint at, nint output, int rows, int column)
        where TLanes : struct, ILanes<TVec>
        where TVec : unmanaged
    {
        nint step = stride;
        nint outputStep = _outputStride;
        TAct g = act;
        var c = Affine<TLanes, TVec>.Load(_center, _scale, _shift, column);
        TVec mean = TLanes.Load(_mean + column);
        TVec slope = TLanes.Load(_slope + column);
        for (int i = 0; i < rows; i++, at += step, output += outputStep)
        {
            TVec x = c.Centered(TLanes.Load(_x + at));
            TVec d = PreGradient<TAct, TLanes, TVec>.Of(g, c, x, _y + output, _dy + output);
            TStore.Store<TLanes, TVec>(_dx + at, Combine<TLanes, TVec>(c.Scale, mean, slope, x, d));
        }
    }
}

/// <summary>The input gradient of every tile, with the workspace's coefficients.</summary>
internal readonly unsafe struct InputGradientWork<TAct, TStore>(
    NormPlan plan,
    TAct act,
    GradientMatrices matrices,
    NormWorkspace workspace
) : IChunkWork
    where TAct : struct, IActivation
    where TStore : struct, IStore
{
    public void Run(int chunk)
    {
        Tile tile = Tile.Of(plan, chunk);
        var pass = new InputGradientPass<TAct, TStore>(act, matrices, plan.Columns, workspace);
        TileSweep.Run(ref pass, plan.Width, tile);

        // Streaming stores are not ordered by the pool's own signals on every machine.
        Interlocked.MemoryBarrier();
    }
}
