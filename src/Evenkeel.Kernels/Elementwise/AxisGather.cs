using Evenkeel.Kernels.Lanes;
using Evenkeel.Kernels.Threading;

namespace Evenkeel.Kernels.Elementwise;

/// <summary>
/// Puts each value of an example in another place, by a table per axis of the result: transposition, padding, cropping, enlarging by
/// repetition and stretching of axes of length 1 are all of this kind.
/// </summary>
public static unsafe class AxisGather
{
    private const int ChunkValues = 8192;

    /// <summary>y[o0, o1, ...] = x[offsets[0][o0] + offsets[1][o1] + ...] for each example.</summary>
    /// <param name="pool">Threads to use; the result does not depend on their number.</param>
    /// <param name="plan">The tables.</param>
    /// <param name="fill">The value where there is nothing.</param>
    /// <param name="examples">Examples, 0 or more.</param>
    /// <param name="x">[examples, any].</param>
    /// <param name="y">Receives [examples, lengths of the tables].</param>
    /// <exception cref="ArgumentException">A length does not fit, or a place lies outside the source.</exception>
    public static void Forward(
        WorkerPool pool,
        AxisPlan plan,
        float fill,
        int examples,
        ReadOnlySpan<float> x,
        Span<float> y
    )
    {
        Check(pool, plan, examples, x.Length, y.Length);
        if (y.IsEmpty)
            return;
        fixed (float* from = x)
        fixed (float* to = y)
        {
            var blocks = new RowBlocks(examples * plan.Rows, plan.Row.Length, ChunkValues);
            pool.For(blocks.Count, new TakeRows(plan, fill, from, x.Length / examples, to, blocks));
        }
    }

    /// <summary>dx[...] = the sum of dy over all places that took it.</summary>
    /// <param name="pool">Threads to use; the result does not depend on their number.</param>
    /// <param name="plan">As in the forward pass.</param>
    /// <param name="examples">As in the forward pass.</param>
    /// <param name="dy">[examples, lengths of the tables].</param>
    /// <param name="dx">Receives [examples, any].</param>
    /// <exception cref="ArgumentException">A length does not fit, or a place lies outside the source.</exception>
    public static void Backward(WorkerPool pool, AxisPlan plan, int examples, ReadOnlySpan<float> dy, Span<float> dx)
    {
        Check(pool, plan, examples, dx.Length, dy.Length);
        dx.Clear();
        if (dy.IsEmpty)
            return;
        fixed (float* from = dx)
        fixed (float* to = dy)
            pool.For(examples, new GiveRows(plan, from, dx.Length / examples, to));
    }

    private static void Check(WorkerPool pool, AxisPlan plan, int examples, int source, int result)
    {
        ArgumentNullException.ThrowIfNull(pool);
        ArgumentNullException.ThrowIfNull(plan);
        ArgumentOutOfRangeException.ThrowIfNegative(examples);
        if (examples == 0 ? source + result != 0 : source % examples != 0 || result != plan.Count * examples)
            throw new ArgumentException(
                $"{source} and {result} values are not {examples} examples with {plan.Count} values made of each."
            );
        if (examples > 0 && plan.Furthest >= source / examples)
            throw new ArgumentException($"A table reaches place {plan.Furthest} of {source / examples}.");
    }

    private readonly struct TakeRows(
        AxisPlan plan,
        float fill,
        float* source,
        int sourceLength,
        float* result,
        RowBlocks blocks
    ) : IChunkWork
    {
        public void Run(int chunk)
        {
            for (int i = blocks.First(chunk); i < blocks.End(chunk); i++)
            {
                (int example, int row) = Math.DivRem(i, plan.Rows);
                float* to = result + ((long)i * plan.Row.Length);
                int start = plan.Start(row);
                if (start == AxisPlan.Nothing)
                    new Span<float>(to, plan.Row.Length).Fill(fill);
                else
                    Row(source + ((long)example * sourceLength) + start, to);
            }
        }

        private void Row(float* from, float* to)
        {
            foreach (AxisRun run in plan.Runs)
            {
                var made = new Span<float>(to + run.First, run.Length);
                switch (run.Kind)
                {
                    case AxisRunKind.Copy:
                        new ReadOnlySpan<float>(from + plan.Row[run.First], run.Length).CopyTo(made);
                        break;
                    case AxisRunKind.Repeat:
                        made.Fill(from[plan.Row[run.First]]);
                        break;
                    case AxisRunKind.Alternate:
                        Interleave.Run(
                            from + plan.Row[run.First],
                            from + plan.Row[run.First + 1],
                            run.Length / 2,
                            to + run.First
                        );
                        break;
                    case AxisRunKind.Nothing:
                        made.Fill(fill);
                        break;
                    default:
                        OneByOne(from, plan.Row.AsSpan(run.First, run.Length), made);
                        break;
                }
            }
        }

        private void OneByOne(float* from, ReadOnlySpan<int> places, Span<float> made)
        {
            for (int i = 0; i < places.Length; i++)
                made[i] = places[i] == AxisPlan.Nothing ? fill : from[places[i]];
        }
    }

    // Several places may have taken a value, so an example is one thread's.
    private readonly struct GiveRows(AxisPlan plan, float* source, int sourceLength, float* result) : IChunkWork
    {
        public void Run(int example)
        {
            float* to = result + ((long)example * plan.Rows * plan.Row.Length);
            for (int row = 0; row < plan.Rows; row++, to += plan.Row.Length)
            {
                int start = plan.Start(row);
                if (start == AxisPlan.Nothing)
                    continue;
                float* from = source + ((long)example * sourceLength) + start;
                int[] places = plan.Row;
                for (int i = 0; i < places.Length; i++)
                {
                    if (places[i] != AxisPlan.Nothing)
                        from[places[i]] += to[i];
                }
            }
        }
    }
}
