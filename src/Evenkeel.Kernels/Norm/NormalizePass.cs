using System.Runtime.CompilerServices;
using Evenkeel.Kernels.Elementwise;
using Evenkeel.Kernels.Lanes;
using Evenkeel.Kernels.Loops;
using Evenkeel.Kernels.Threading;

namespace Evenkeel.Kernels.Norm;

/// <summary>y = g((x - center) * scale + shift + residual), with one rounding after the difference and one per sum.</summary>
internal readonly unsafe struct NormalizePass<TAct, TResidual, TStore>(
    TAct act,
    TResidual residual,
    float* x,
    float* y,
    int stride,
    int yStride,
    in NormWorkspace workspace
) : IColumnPass
    where TAct : struct, IActivation
    where TResidual : struct, IResidual
    where TStore : struct, IStore
{
    private readonly float* _x = x;
    private readonly float* _y = y;
    private readonly float* _center = workspace.Center;
    private readonly float* _scale = workspace.Scale;
    private readonly float* _shift = workspace.Shift;

    public int Run<TLanes, TVec>(int row, int rows, int column, int columns)
        where TLanes : struct, ILanes<TVec>
        where TVec : unmanaged
    {
        nint start = (nint)row * stride;
        nint output = (nint)row * yStride;
        for (; column + (4 * TLanes.Count) <= columns; column += 4 * TLanes.Count)
            Four<TLanes, TVec>(start + column, _y + output + column, rows, column);
        for (; column + TLanes.Count <= columns; column += TLanes.Count)
            One<TLanes, TVec>(start + column, _y + output + column, rows, column);
        return column;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void Four<TLanes, TVec>(nint at, float* q, int rows, int column)
        where TLanes : struct, ILanes<TVec>
        where TVec : unmanaged
    {
        int w = TLanes.Count;
        nint step = stride;
        nint outputStep = yStride;
        var c0 = Affine<TLanes, TVec>.Load(_center, _scale, _shift, column);
        var c1 = Affine<TLanes, TVec>.Load(_center, _scale, _shift, column + w);
        var c2 = Affine<TLanes, TVec>.Load(_center, _scale, _shift, column + (2 * w));
        var c3 = Affine<TLanes, TVec>.Load(_center, _scale, _shift, column + (3 * w));
        for (int i = 0; i < rows; i++, at += step, q += outputStep)
        {
            TVec y0 = Of(c0, at);
            TVec y1 = Of(c1, at + w);
            TVec y2 = Of(c2, at + (2 * w));
            TVec y3 = Of(c3, at + (3 * w));
            TStore.Store<TLanes, TVec>(q, y0);
            TStore.Store<TLanes, TVec>(q + w, y1);
            TStore.Store<TLanes, TVec>(q + (2 * w), y2);
            TStore.Store<TLanes, TVec>(q + (3 * w), y3);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void One<TLanes, TVec>(nint at, float* q, int rows, int column)
        where TLanes : struct, ILanes<TVec>
        where TVec : unmanaged
    {
        nint step = stride;
        nint outputStep = yStride;
        var c = Affine<TLanes, TVec>.Load(_center, _scale, _shift, column);
        for (int i = 0; i < rows; i++, at += step, q += outputStep)
            TStore.Store<TLanes, TVec>(q, Of(c, at));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private TVec Of<TLanes, TVec>(in Affine<TLanes, TVec> affine, nint at)
        where TLanes : struct, ILanes<TVec>
        where TVec : unmanaged =>
        act.Forward<TLanes, TVec>(residual.Plus<TLanes, TVec>(affine.Apply(TLanes.Load(_x + at)), at));
}

/// <summary>y = g(affine(x) + residual) for every tile, with the workspace's coefficients.</summary>
internal readonly unsafe struct NormalizeWork<TAct, TResidual, TStore>(
    NormPlan plan,
    TAct act,
    TResidual residual,
    float* x,
    float* y,
    NormWorkspace workspace
) : IChunkWork
    where TAct : struct, IActivation
    where TResidual : struct, IResidual
    where TStore : struct, IStore
{
    public void Run(int chunk)
    {
        Tile tile = Tile.Of(plan, chunk);
        var pass = new NormalizePass<TAct, TResidual, TStore>(
            act,
            residual,
            x,
            y,
            plan.Columns,
            plan.OutputStride,
            workspace
        );
        TileSweep.Run(ref pass, plan.Width, tile);

        // Streaming stores are not ordered by the pool's own signals on every machine.
        Interlocked.MemoryBarrier();
    }

    /// <summary>All tiles and the rows that folding leaves over; those are rows of a dense matrix.</summary>
    public void RunAll(WorkerPool pool)
    {
        Coefficients.Repeat(plan, workspace);
        // What was read last is still in the caches: begin there.
        pool.ForBackwards(plan.Chunks, this);
        if (plan.TailRows == 0)
            return;
        int first = plan.FoldedRows * plan.Fold;
        var pass = new NormalizePass<TAct, TResidual, CachedStore>(
            act,
            residual,
            x,
            y,
            plan.Channels,
            plan.Channels,
            workspace
        );
        TileSweep.Run(ref pass, plan.Width, new Tile(0, first, plan.TailRows, plan.Channels));
    }
}

/// <summary>y = g(affine(x) + residual) for every row, with the workspace's coefficients.</summary>
internal static unsafe class NormalizeWork
{
    /// <summary>The same for a matrix without a residual.</summary>
    public static void RunAll<TAct>(
        WorkerPool pool,
        in NormPlan plan,
        TAct act,
        ReadOnlySpan<float> x,
        Span<float> y,
        in NormWorkspace workspace
    )
        where TAct : struct, IActivation
    {
        fixed (
            float* px = x,
                py = y
        )
            RunAll(pool, plan, act, default(NoResidual), px, py, workspace);
    }

    /// <summary>Picks how to write the output from its size and alignment.</summary>
    public static void RunAll<TAct, TResidual>(
        WorkerPool pool,
        in NormPlan plan,
        TAct act,
        TResidual residual,
        float* x,
        float* y,
        in NormWorkspace workspace
    )
        where TAct : struct, IActivation
        where TResidual : struct, IResidual
    {
        if (plan.OutputStride == plan.Columns && plan.StreamsTo(y))
            new NormalizeWork<TAct, TResidual, StreamingStore>(plan, act, residual, x, y, workspace).RunAll(pool);
        else
            new NormalizeWork<TAct, TResidual, CachedStore>(plan, act, residual, x, y, workspace).RunAll(pool);
    }
}

/// <summary>What is added between a normalisation and its activation.</summary>
internal interface IResidual
{
    /// <summary><paramref name="value"/> plus the residuals of the elements from <paramref name="at"/> on.</summary>
    TVec Plus<TLanes, TVec>(TVec value, nint at)
        where TLanes : struct, ILanes<TVec>
        where TVec : unmanaged;
}

/// <summary>No residual.</summary>
internal readonly struct NoResidual : IResidual
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    TVec IResidual.Plus<TLanes, TVec>(TVec value, nint at) => value;
}

/// <summary>A matrix of the input's shape, as where a shortcut joins its branch.</summary>
internal readonly unsafe struct Residual(float* residual) : IResidual
{
    private readonly float* _residual = residual;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    TVec IResidual.Plus<TLanes, TVec>(TVec value, nint at) => TLanes.Add(value, TLanes.Load(_residual + at));
}
