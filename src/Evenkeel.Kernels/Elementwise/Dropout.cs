using System.Numerics;
using System.Runtime.CompilerServices;
using Evenkeel.Kernels.Loops;
using Evenkeel.Kernels.Threading;

namespace Evenkeel.Kernels.Elementwise;

/// <summary>
/// Inverted dropout (Srivastava et al. 2014, section 10): a value is kept with probability 1 - rate and scaled by
/// 1 / (1 - rate), or becomes 0. Whether value i is kept follows from (seed, counter, i) alone, so the backward pass draws the
/// same mask again instead of storing it.
/// </summary>
public static unsafe class Dropout
{
    /// <summary>
    /// y = x * mask / (1 - rate); a dropped NaN is 0. Backward does the same to gradients: those of the outputs become those of the inputs.
    /// </summary>
    /// <param name="pool">The threads to use; the result does not depend on their number.</param>
    /// <param name="rate">Probability of dropping a value, in [0, 1).</param>
    /// <param name="seed">Chooses the sequence of masks.</param>
    /// <param name="counter">Chooses the mask, for example the number of the step.</param>
    /// <param name="x">Values.</param>
    /// <param name="y">Receives the same number of values; may be <paramref name="x"/>.</param>
    /// <exception cref="ArgumentException">The rate is outside [0, 1), lengths differ, or memory overlaps shifted.</exception>
    public static void Run(WorkerPool pool, float rate, ulong seed, ulong counter, ReadOnlySpan<float> x, Span<float> y)
    {
        ArgumentNullException.ThrowIfNull(pool);
        if (!(rate >= 0 && rate < 1))
            throw new ArgumentOutOfRangeException(nameof(rate), rate, "The rate of dropout must be in [0, 1).");
        SpanCheck.SameLength(x.Length, nameof(x), y.Length, nameof(y));
        SpanCheck.SameOrApart(x, y, nameof(x), nameof(y));
        fixed (float* from = x)
        fixed (float* to = y)
        {
            var work = new DropoutWork(new DropoutMask(rate, seed, counter), from, to, x.Length);
            pool.For(DropoutMask.BlocksOf(x.Length), ref work);
        }
    }
}

/// <summary>
/// The mask as a function of the element's index. Blocks of 4096 elements get two keys each from a 64-bit mixing function
/// (SplitMix64: Steele, Lea and Flood 2014); within a block a 32-bit mixing function of the index and the keys decides.
/// </summary>
internal readonly struct DropoutMask(float rate, ulong seed, ulong counter)
{
    /// <summary>Elements that share a pair of keys.</summary>
    public const int BlockElements = 4096;

    private const ulong Golden = 0x9E3779B97F4A7C15;
    private const uint First = 0x21F0AAAD;
    private const uint Second = 0x735A2D97;

    // 31 bits, because signed comparisons are the ones that every machine has.
    private readonly int _threshold = (int)Math.Round(rate * 2147483648.0);

    /// <summary>What kept values are multiplied by.</summary>
    public float Scale { get; } = 1f / (1f - rate);

    /// <summary>Number of blocks.</summary>
    public static int BlocksOf(int length) => (int)(((long)length + BlockElements - 1) / BlockElements);

    /// <summary>The keys of a block.</summary>
    public ulong Keys(int block) => Mix(Mix(Mix(seed + Golden) ^ counter) + ((ulong)block * Golden));

    /// <summary>Whether element <paramref name="index"/> of the block with these keys is kept.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool Keeps(ulong keys, int index)
    {
        uint h = (uint)index + (uint)keys;
        h = (h ^ (h >> 16)) * First;
        h = ((h ^ (h >> 15)) + (uint)(keys >> 32)) * Second;
        return (int)((h ^ (h >> 15)) >> 1) >= _threshold;
    }

    /// <summary>The same for the elements from <paramref name="index"/> on, as many as a register holds: all bits or none.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Vector<int> KeepsVector(ulong keys, int index)
    {
        Vector<uint> h = Vector<uint>.Indices + new Vector<uint>((uint)index + (uint)keys);
        h = (h ^ (h >>> 16)) * First;
        h = ((h ^ (h >>> 15)) + new Vector<uint>((uint)(keys >> 32))) * Second;
        return Vector.GreaterThanOrEqual(((h ^ (h >>> 15)) >>> 1).As<uint, int>(), new Vector<int>(_threshold));
    }

    private static ulong Mix(ulong z)
    {
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
        return z ^ (z >> 31);
    }
}

/// <summary>One block of elements at a time: kept and scaled, or zero.</summary>
internal readonly unsafe struct DropoutWork(DropoutMask mask, float* source, float* destination, int length)
    : IChunkWork
{
    public void Run(int chunk)
    {
        int start = chunk * DropoutMask.BlockElements;
        int count = Math.Min(DropoutMask.BlockElements, length - start);
        ulong keys = mask.Keys(chunk);
        float* from = source + start;
        float* to = destination + start;
        var scale = new Vector<float>(mask.Scale);
        int i = 0;
        for (; i + Vector<float>.Count <= count; i += Vector<float>.Count)
        {
            Vector<float> kept = Vector.Load(from + i) * scale;
            Vector.ConditionalSelect(mask.KeepsVector(keys, i), kept, Vector<float>.Zero).Store(to + i);
        }

        for (; i < count; i++)
            to[i] = mask.Keeps(keys, i) ? from[i] * mask.Scale : 0f;
    }
}
