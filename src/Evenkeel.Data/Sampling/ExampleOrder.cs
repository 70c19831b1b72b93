namespace Evenkeel.Data.Sampling;

/// <summary>
/// The order of the examples in each epoch. It follows from the seed and the epoch's number alone, so training can be
/// resumed at any place without replaying what came before. The permutations are fixed for good: SplitMix64 seeded by
/// (seed, shard, epoch), and Fisher and Yates's shuffle from the end.
/// </summary>
public sealed class ExampleOrder
{
    private readonly ulong _seed;

    /// <summary>Sets up an order.</summary>
    /// <param name="count">Number of examples, 0 or more.</param>
    /// <param name="mode">How to shuffle.</param>
    /// <param name="seed">Which permutations.</param>
    /// <param name="shards">
    /// Shards for <see cref="ShuffleMode.Shards"/>, 1 or more: shard s starts at example s * count / shards, rounded
    /// down, so that sizes differ by at most one. Ignored by the other modes.
    /// </param>
    /// <exception cref="ArgumentOutOfRangeException">A number is out of its range, or the mode is unknown.</exception>
    public ExampleOrder(int count, ShuffleMode mode, ulong seed = 0, int shards = 1)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        ArgumentOutOfRangeException.ThrowIfLessThan(shards, 1);
        if (mode is < ShuffleMode.None or > ShuffleMode.Shards)
            throw new ArgumentOutOfRangeException(nameof(mode), mode, "The shuffle mode is unknown.");
        Count = count;
        Mode = mode;
        _seed = seed;
        Shards = mode == ShuffleMode.Shards ? Math.Max(1, Math.Min(shards, count)) : 1;
    }

    /// <summary>Number of examples.</summary>
    public int Count { get; }

    /// <summary>How the examples are shuffled.</summary>
    public ShuffleMode Mode { get; }

    /// <summary>Number of shards that are shuffled apart from each other: 1 unless the mode is by shards.</summary>
    public int Shards { get; }

    /// <summary>Writes the order of one epoch; allocates nothing.</summary>
    /// <param name="epoch">The epoch, from 0.</param>
    /// <param name="order">[Count], overwritten with each example's index once.</param>
    /// <exception cref="ArgumentException">The span has another length.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The epoch is negative.</exception>
    public void Fill(int epoch, Span<int> order)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(epoch);
        if (order.Length != Count)
            throw new ArgumentException($"The order of {Count} examples needs as many places, not {order.Length}.");
        for (int i = 0; i < order.Length; i++)
            order[i] = i;
        if (Mode == ShuffleMode.None)
            return;
        for (int shard = 0; shard < Shards; shard++)
        {
            int first = FirstOf(shard);
            var random = SeededRandom.For(_seed, (ulong)shard, (ulong)epoch);
            Shuffle(order[first..FirstOf(shard + 1)], ref random);
        }
    }

    private int FirstOf(int shard) => (int)((long)shard * Count / Shards);

    private static void Shuffle(Span<int> items, ref SeededRandom random)
    {
        for (int i = items.Length - 1; i > 0; i--)
        {
            int other = (int)random.Below((uint)(i + 1));
            (items[i], items[other]) = (items[other], items[i]);
        }
    }
}
