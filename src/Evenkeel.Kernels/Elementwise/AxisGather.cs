using Evenkeel.Kernels.Threading;

namespace Evenkeel.Kernels.Elementwise;

/// <summary>
/// Puts each value of an example in another place, by a table per axis of the result: transposition, padding, cropping, enlarging by
/// repetition and stretching of axes of length 1 are all of this kind.
/// </summary>
public static unsafe class AxisGather
{
    /// <summary>Marks an index along an axis that no source value stands behind.</summary>
    public const int Nothing = -1;

    /// <summary>y[o0, o1, ...] = x[offsets[0][o0] + offsets[1][o1] + ...] for each example.</summary>
    /// <param name="pool">Threads to use; the result does not depend on their number.</param>
    /// <param name="offsets">
    /// For each axis of the result and each index along it, what it adds to the place in the source, or <see cref="Nothing"/>.
    /// </param>
    /// <param name="fill">The value where there is nothing.</param>
    /// <param name="examples">Examples, 0 or more.</param>
    /// <param name="x">[examples, any].</param>
    /// <param name="y">Receives [examples, lengths of the tables].</param>
    /// <exception cref="ArgumentException">A length does not fit, or a place lies outside the source.</exception>
    public static void Forward(
        WorkerPool pool,
        int[][] offsets,
        float fill,
        int examples,
        ReadOnlySpan<float> x,
        Span<float> y
    )
    {
        fixed (
            float* from = x,
                to = y
        )
            Run(pool, offsets, fill, examples, new Place(from, x.Length), new Place(to, y.Length), default(Take));
    }

    /// <summary>dx[...] = the sum of dy over all places that took it.</summary>
    /// <param name="pool">Threads to use; the result does not depend on their number.</param>
    /// <param name="offsets">As in the forward pass.</param>
    /// <param name="examples">As in the forward pass.</param>
    /// <param name="dy">[examples, lengths of the tables].</param>
    /// <param name="dx">Receives [examples, any].</param>
    /// <exception cref="ArgumentException">A length does not fit, or a place lies outside the source.</exception>
    public static void Backward(WorkerPool pool, int[][] offsets, int examples, ReadOnlySpan<float> dy, Span<float> dx)
    {
        dx.Clear();
        fixed (
            float* from = dx,
                to = dy
        )
            Run(pool, offsets, 0, examples, new Place(from, dx.Length), new Place(to, dy.Length), default(Give));
    }

    private static void Run<TMove>(
        WorkerPool pool,
        int[][] offsets,
        float fill,
        int examples,
        Place source,
        Place result,
        TMove move
    )
        where TMove : struct, IMove
    {
        ArgumentNullException.ThrowIfNull(pool);
        ArgumentNullException.ThrowIfNull(offsets);
        ArgumentOutOfRangeException.ThrowIfNegative(examples);
        if (examples == 0)
            return;
        long made = 1,
            furthest = 0;
        foreach (int[] axis in offsets)
        {
            made *= axis.Length;
            furthest += axis.Length == 0 ? 0 : Math.Max(0, axis.Max());
        }

        if (source.Length % examples != 0 || result.Length != made * examples)
            throw new ArgumentException(
                $"{source.Length} and {result.Length} values are not {examples} examples with {made} values made of each."
            );
        if (furthest >= source.Length / examples)
            throw new ArgumentException($"A table reaches place {furthest} of {source.Length / examples}.");
        var work = new Work<TMove>(
            offsets,
            fill,
            source with
            {
                Length = source.Length / examples,
            },
            result with
            {
                Length = (int)made,
            },
            move
        );
        pool.For(examples, ref work);
    }

    private readonly record struct Place(nint Address, int Length)
    {
        public Place(float* address, int length)
            : this((nint)address, length) { }

        public float* Example(int i) => (float*)Address + ((long)i * Length);
    }

    /// <summary>What is done at one place: the source is read in the forward pass and added to in the backward one.</summary>
    private interface IMove
    {
        void Value(float* source, float* result);

        void Missing(float* result, float fill);
    }

    private readonly struct Take : IMove
    {
        public void Value(float* source, float* result) => *result = *source;

        public void Missing(float* result, float fill) => *result = fill;
    }

    private readonly struct Give : IMove
    {
        public void Value(float* source, float* result) => *source += *result;

        public void Missing(float* result, float fill) { }
    }

    private readonly struct Work<TMove>(int[][] offsets, float fill, Place source, Place result, TMove move)
        : IChunkWork
        where TMove : struct, IMove
    {
        public void Run(int chunk)
        {
            float* to = result.Example(chunk);
            Axis(0, source.Example(chunk), false, ref to);
        }

        private void Axis(int axis, float* from, bool nothing, ref float* to)
        {
            bool last = axis == offsets.Length - 1;
            foreach (int offset in offsets[axis])
            {
                bool missing = nothing || offset == Nothing;
                float* place = missing ? from : from + offset;
                if (!last)
                {
                    Axis(axis + 1, place, missing, ref to);
                    continue;
                }

                if (missing)
                    move.Missing(to, fill);
                else
                    move.Value(place, to);
                to++;
            }
        }
    }
}
