using Evenkeel.Kernels.Threading;

namespace Evenkeel.Kernels.Elementwise;

/// <summary>
/// Inverted dropout (Srivastava et al. 2014, section 10): a value is kept with probability 1 - rate and scaled by
/// 1 / (1 - rate), or becomes 0. Whether value i is kept follows from (seed, counter, i) alone, so the backward pass draws the
/// same mask again instead of storing it.
/// </summary>
public static unsafe class Dropout
{
    /// <summary>y = x * mask / (1 - rate); a dropped NaN is 0.</summary>
    /// <param name="pool">The threads to use; the result does not depend on their number.</param>
    /// <param name="rate">Probability of dropping a value, in [0, 1).</param>
    /// <param name="seed">Chooses the sequence of masks.</param>
    /// <param name="counter">Chooses the mask, for example the number of the step.</param>
    /// <param name="x">Values.</param>
    /// <param name="y">Receives as many; may be <paramref name="x"/>.</param>
    /// <exception cref="ArgumentException">The rate is outside [0, 1), lengths differ, or memory overlaps shifted.</exception>
    public static void Forward(
        WorkerPool pool,
        float rate,
        ulong seed,
        ulong counter,
        ReadOnlySpan<float> x,
        Span<float> y
    ) => Run(pool, rate, seed, counter, x, nameof(x), y, nameof(y));

    /// <summary>dx = dy * mask / (1 - rate), with the mask of the forward pass.</summary>
    /// <param name="pool">The threads to use; the result does not depend on their number.</param>
    /// <param name="rate">As in the forward pass.</param>
    /// <param name="seed">As in the forward pass.</param>
    /// <param name="counter">As in the forward pass.</param>
    /// <param name="dy">Gradients of the outputs.</param>
    /// <param name="dx">Receives as many; may be <paramref name="dy"/>.</param>
    /// <exception cref="ArgumentException">The rate is outside [0, 1), lengths differ, or memory overlaps shifted.</exception>
    public static void Backward(
        WorkerPool pool,
        float rate,
        ulong seed,
        ulong counter,
        ReadOnlySpan<float> dy,
        Span<float> dx
    ) => Run(pool, rate, seed, counter, dy, nameof(dy), dx, nameof(dx));

    private static void Run(
        WorkerPool pool,
        float rate,
        ulong seed,
        ulong counter,
        ReadOnlySpan<float> source,
        string sourceName,
        Span<float> destination,
        string destinationName
    )
    {
        ArgumentNullException.ThrowIfNull(pool);
        if (!(rate >= 0 && rate < 1))
            throw new ArgumentOutOfRangeException(nameof(rate), rate, "The rate of dropout must be in [0, 1).");
        SpanCheck.SameLength(source.Length, sourceName, destination.Length, destinationName);
        SpanCheck.SameOrApart(source, destination, sourceName, destinationName);
        fixed (
            float* from = source,
                to = destination
        )
        {
            var work = new DropoutWork(new DropoutMask(rate, seed, counter), from, to, source.Length);
            pool.For(DropoutMask.BlocksOf(source.Length), ref work);
        }
    }
}
