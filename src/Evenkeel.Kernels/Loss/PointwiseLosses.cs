using System.Runtime.CompilerServices;
using Evenkeel.Kernels.Elementwise;
using Evenkeel.Kernels.Lanes;
using Evenkeel.Kernels.Loops;
using Evenkeel.Kernels.Threading;

namespace Evenkeel.Kernels.Loss;

/// <summary>Losses of values against targets of the same shape, value by value.</summary>
public static unsafe class PointwiseLosses
{
    // Values of a chunk, as whole rows.
    private const int ValuesPerBlock = 4096;

    /// <summary>loss[r] = the mean of the losses of row r's values.</summary>
    /// <param name="pool">Threads to use; the result does not depend on their number.</param>
    /// <param name="loss">The loss of a value.</param>
    /// <param name="outputs">[rows, values].</param>
    /// <param name="targets">[rows, values].</param>
    /// <param name="losses">[rows], overwritten.</param>
    /// <exception cref="ArgumentException">The lengths do not fit together.</exception>
    public static void Forward<TLoss>(
        WorkerPool pool,
        TLoss loss,
        ReadOnlySpan<float> outputs,
        ReadOnlySpan<float> targets,
        Span<float> losses
    )
        where TLoss : struct, IPointwiseLoss
    {
        ArgumentNullException.ThrowIfNull(pool);
        SpanCheck.SameLength(outputs.Length, nameof(outputs), targets.Length, nameof(targets));
        if (losses.IsEmpty && outputs.IsEmpty)
            return;
        if (losses.IsEmpty || outputs.IsEmpty || outputs.Length % losses.Length != 0)
            throw new ArgumentException(
                $"{outputs.Length} outputs are not {losses.Length} rows of the same length.",
                nameof(losses)
            );
        fixed (
            float* x = outputs,
                t = targets,
                result = losses
        )
            WidestLanes.Run(
                new RowsPass<TLoss>(pool, losses.Length, outputs.Length / losses.Length, new(loss, x, t), result)
            );
    }

    /// <summary>dx = scale * the derivative of each value's loss.</summary>
    /// <param name="pool">Threads to use; the result does not depend on their number.</param>
    /// <param name="loss">The loss of a value.</param>
    /// <param name="outputs">Any number of values.</param>
    /// <param name="targets">As many.</param>
    /// <param name="scale">1 / values for the gradient of the mean.</param>
    /// <param name="dx">As many, overwritten; may be the memory of <paramref name="outputs"/>.</param>
    /// <exception cref="ArgumentException">The lengths differ, or the spans overlap shifted against each other.</exception>
    public static void Backward<TLoss>(
        WorkerPool pool,
        TLoss loss,
        ReadOnlySpan<float> outputs,
        ReadOnlySpan<float> targets,
        float scale,
        Span<float> dx
    )
        where TLoss : struct, IPointwiseLoss
    {
        ArgumentNullException.ThrowIfNull(pool);
        SpanCheck.SameLength(outputs.Length, nameof(outputs), targets.Length, nameof(targets));
        SpanCheck.SameLength(outputs.Length, nameof(outputs), dx.Length, nameof(dx));
        SpanCheck.SameOrApart(outputs, dx, nameof(outputs), nameof(dx));
        SpanCheck.SameOrApart(targets, dx, nameof(targets), nameof(dx));
        fixed (
            float* x = outputs,
                t = targets,
                result = dx
        )
            WidestLanes.Run(
                new ElementwisePass<SlopeKernel<TLoss>>(pool, outputs.Length, new(loss, x, t, scale, result))
            );
    }

    internal readonly struct RowsPass<TLoss>(WorkerPool pool, int rows, int values, Terms<TLoss> terms, float* losses)
        : ILanesAction
        where TLoss : struct, IPointwiseLoss
    {
        /// <inheritdoc/>
        public void Run<TLanes, TVec>()
            where TLanes : struct, ILanes<TVec>
            where TVec : unmanaged
        {
            var blocks = new RowBlocks(rows, values, ValuesPerBlock);
            pool.For(blocks.Count, new Blocks<TLoss, TLanes, TVec>(blocks, terms, losses));
        }
    }

    private readonly struct Blocks<TLoss, TLanes, TVec>(RowBlocks blocks, Terms<TLoss> terms, float* losses)
        : IChunkWork
        where TLoss : struct, IPointwiseLoss
        where TLanes : struct, ILanes<TVec>
        where TVec : unmanaged
    {
        public void Run(int chunk)
        {
            int values = blocks.Channels;
            for (int row = blocks.First(chunk); row < blocks.End(chunk); row++)
            {
                Terms<TLoss> own = terms.From((nint)row * values);
                losses[row] = (float)(TermSum.Of<Terms<TLoss>, TLanes, TVec>(own, values) / values);
            }
        }
    }

    internal readonly struct Terms<TLoss>(TLoss loss, float* outputs, float* targets) : ITerm
        where TLoss : struct, IPointwiseLoss
    {
        public Terms<TLoss> From(nint start) => new(loss, outputs + start, targets + start);

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public TVec At<TLanes, TVec>(nint index)
            where TLanes : struct, ILanes<TVec>
            where TVec : unmanaged =>
            loss.Loss<TLanes, TVec>(TLanes.Load(outputs + index), TLanes.Load(targets + index));
    }

    internal readonly struct SlopeKernel<TLoss>(TLoss loss, float* outputs, float* targets, float scale, float* dx)
        : IElementwiseKernel
        where TLoss : struct, IPointwiseLoss
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void Apply<TLanes, TVec>(nint index)
            where TLanes : struct, ILanes<TVec>
            where TVec : unmanaged
        {
            TVec slope = loss.Slope<TLanes, TVec>(TLanes.Load(outputs + index), TLanes.Load(targets + index));
            TLanes.Store(dx + index, TLanes.Multiply(TLanes.Splat(scale), slope));
        }
    }
}
