using Evenkeel.Kernels.Loops;
using Evenkeel.Kernels.Threading;

namespace Evenkeel.Kernels.Elementwise;

/// <summary>
/// Noise of mean 0 that is added to values. What value i gets follows from (seed, counter, i) alone. It is the sum of twelve uniform numbers of 16
/// bits, less its mean: variance 1 and within 6, by integers, so that every machine draws the same.
/// </summary>
public static unsafe class GaussianNoise
{
    private const int ChunkValues = 1024;
    private const ulong Golden = 0x9E3779B97F4A7C15;

    /// <summary>y = x + deviation * noise.</summary>
    /// <param name="pool">Threads to use; the result does not depend on their number.</param>
    /// <param name="deviation">Standard deviation of the noise, 0 or more.</param>
    /// <param name="seed">Chooses the sequence.</param>
    /// <param name="counter">Chooses the draw, for example the number of the step.</param>
    /// <param name="x">Values.</param>
    /// <param name="y">Receives the same number of values; may be <paramref name="x"/>.</param>
    /// <exception cref="ArgumentException">The deviation is below 0, lengths differ, or memory overlaps shifted.</exception>
    public static void Run(
        WorkerPool pool,
        float deviation,
        ulong seed,
        ulong counter,
        ReadOnlySpan<float> x,
        Span<float> y
    )
    {
        ArgumentNullException.ThrowIfNull(pool);
        if (!(deviation >= 0) || !float.IsFinite(deviation))
            throw new ArgumentOutOfRangeException(nameof(deviation), deviation, "The deviation must be 0 or more.");
        SpanCheck.SameLength(x.Length, nameof(x), y.Length, nameof(y));
        SpanCheck.SameOrApart(x, y, nameof(x), nameof(y));
        fixed (float* from = x)
        fixed (float* to = y)
        {
            var work = new Chunks(deviation, StreamOf(seed, counter), from, to, x.Length);
            pool.For((int)(((long)x.Length + ChunkValues - 1) / ChunkValues), ref work);
        }
    }

    /// <summary>The noise of value <paramref name="index"/>, of deviation 1.</summary>
    internal static float Draw(ulong stream, int index)
    {
        ulong z = stream + ((ulong)index * 3 * Golden);
        int sum = Sum(Mix(z)) + Sum(Mix(z + Golden)) + Sum(Mix(z + Golden + Golden));
        // Twelve means of 32767.5.
        return (sum - 393_210) / 65_536f;
    }

    /// <summary>What all values of a draw have in common.</summary>
    internal static ulong StreamOf(ulong seed, ulong counter) => Mix(Mix(seed + Golden) ^ counter);

    private static int Sum(ulong bits) =>
        (int)((bits & 0xFFFF) + ((bits >> 16) & 0xFFFF) + ((bits >> 32) & 0xFFFF) + (bits >> 48));

    // SplitMix64 (Steele, Lea and Flood 2014).
    private static ulong Mix(ulong z)
    {
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
        return z ^ (z >> 31);
    }

    private readonly struct Chunks(float deviation, ulong stream, float* from, float* to, int length) : IChunkWork
    {
        public void Run(int chunk)
        {
            int end = (int)Math.Min(((long)chunk + 1) * ChunkValues, length);
            for (int i = chunk * ChunkValues; i < end; i++)
                to[i] = from[i] + (deviation * Draw(stream, i));
        }
    }
}
