using Evenkeel.Kernels.Elementwise;
using Evenkeel.Kernels.Loops;
using Evenkeel.Kernels.Threading;

namespace Evenkeel.Kernels.Norm;

/// <summary>
/// The one map of every normalisation with statistics per channel: y = g((x - center) * scale + shift), with a residual in front
/// of g where a shortcut joins its branch (He et al. 2016, figure 2).
/// </summary>
public static unsafe class Normalize
{
    /// <summary>y = g((x - center) * scale + shift), with one rounding after the difference and one before g.</summary>
    /// <param name="pool">The threads to use.</param>
    /// <param name="act">The activation g.</param>
    /// <param name="shape">The matrices.</param>
    /// <param name="x">[rows, channels].</param>
    /// <param name="coefficients">Of each channel.</param>
    /// <param name="y">Receives the output; may be <paramref name="x"/> if it is dense.</param>
    /// <exception cref="ArgumentException">A size does not fit, or y overlaps x without being the same memory.</exception>
    public static void Run<TAct>(
        WorkerPool pool,
        TAct act,
        NormShape shape,
        ReadOnlySpan<float> x,
        in NormCoefficients coefficients,
        Span<float> y
    )
        where TAct : struct, IActivation
    {
        Check(pool, shape, x, coefficients, y);
        if (shape.Rows > 0)
            Run(pool, NormPlan.For(shape, inputs: 1).ForMap(), act, x, coefficients, y);
    }

    /// <summary>y = g((x - center) * scale + shift + residual).</summary>
    /// <param name="pool">The threads to use.</param>
    /// <param name="act">The activation g.</param>
    /// <param name="shape">The matrices, all dense.</param>
    /// <param name="x">[rows, channels].</param>
    /// <param name="coefficients">Of each channel.</param>
    /// <param name="residual">[rows, channels].</param>
    /// <param name="y">Receives [rows, channels]; may be <paramref name="x"/> or <paramref name="residual"/>.</param>
    /// <exception cref="ArgumentException">A size does not fit, or y overlaps an input without being the same memory.</exception>
    public static void Run<TAct>(
        WorkerPool pool,
        TAct act,
        NormShape shape,
        ReadOnlySpan<float> x,
        in NormCoefficients coefficients,
        ReadOnlySpan<float> residual,
        Span<float> y
    )
        where TAct : struct, IActivation
    {
        shape.CheckDense();
        Check(pool, shape, x, coefficients, y);
        MatrixArguments.CheckMatrix(shape.Rows, shape.Channels, residual.Length);
        MatrixArguments.CheckOverlap(residual, y);
        if (shape.Rows > 0)
            Run(pool, NormPlan.For(shape, inputs: 2).ForMap(), act, x, coefficients, residual, y);
    }

    internal static void Run<TAct>(
        WorkerPool pool,
        in NormPlan plan,
        TAct act,
        ReadOnlySpan<float> x,
        in NormCoefficients coefficients,
        Span<float> y
    )
        where TAct : struct, IActivation
    {
        using Scratch lent = NormWorkspace.Borrow(pool, plan);
        var workspace = new NormWorkspace(lent, plan);
        workspace.Set(plan, coefficients);
        fixed (
            float* px = x,
                py = y
        )
            NormalizeWork.RunAll(pool, plan, act, default(NoResidual), px, py, workspace);
    }

    internal static void Run<TAct>(
        WorkerPool pool,
        in NormPlan plan,
        TAct act,
        ReadOnlySpan<float> x,
        in NormCoefficients coefficients,
        ReadOnlySpan<float> residual,
        Span<float> y
    )
        where TAct : struct, IActivation
    {
        using Scratch lent = NormWorkspace.Borrow(pool, plan);
        var workspace = new NormWorkspace(lent, plan);
        workspace.Set(plan, coefficients);
        fixed (
            float* px = x,
                pr = residual,
                py = y
        )
            NormalizeWork.RunAll(pool, plan, act, new Residual(pr), px, py, workspace);
    }

    private static void Check(
        WorkerPool pool,
        NormShape shape,
        ReadOnlySpan<float> x,
        in NormCoefficients coefficients,
        ReadOnlySpan<float> y
    )
    {
        ArgumentNullException.ThrowIfNull(pool);
        (int rows, int channels, int stride) = shape;
        MatrixArguments.CheckShape(rows, channels);
        MatrixArguments.CheckMatrix(rows, channels, x.Length);
        MatrixArguments.CheckStrided(rows, channels, stride, y.Length);
        MatrixArguments.CheckOverlap(x, y, channels, stride);
        coefficients.Check(channels);
    }
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
        if (plan.StreamsToRows(y))
            new NormalizeWork<TAct, TResidual, StreamingStore>(plan, act, residual, x, y, workspace).RunAll(pool);
        else
            new NormalizeWork<TAct, TResidual, CachedStore>(plan, act, residual, x, y, workspace).RunAll(pool);
    }
}
