namespace Evenkeel.Ranks;

/// <summary>
/// Shares out the parts of a task to ranks. In each round every rank computes one part, then all take the results in the order of parts: what
/// is merged from them has the bits of one rank. Nothing is allocated per round, and ranks wait for one part of another at most.
/// </summary>
/// <typeparam name="T">What results are made of.</typeparam>
/// <param name="ranks">All of them make the same rounds; null where there is one.</param>
/// <param name="length">Values that a part results in, at most.</param>
/// <param name="compute">Computes a part of this rank.</param>
/// <param name="take">Takes the result of any part, in order.</param>
internal sealed class RankRounds<T>(
    Communicator? ranks,
    int length,
    RankRounds<T>.Computing compute,
    RankRounds<T>.Taking take
)
    where T : unmanaged
{
    private readonly T[] _mine = new T[length];
    private readonly T[] _all = new T[length * SizeOf(ranks)];

    /// <summary>Computes a part into room for its result.</summary>
    public delegate void Computing(int part, Span<T> result);

    /// <summary>Takes the result of a part; the memory is reused.</summary>
    public delegate void Taking(int part, Span<T> result);

    /// <summary>Goes through parts 0 to <paramref name="parts"/> - 1; this rank computes that of its number, and every so-many-th behind it.</summary>
    public void Run(int parts)
    {
        int size = SizeOf(ranks),
            rank = ranks?.Rank ?? 0;
        for (int first = 0; first < parts; first += size)
        {
            if (first + rank < parts)
                compute(first + rank, _mine);
            if (size > 1)
                ranks!.AllGather<T>(_mine, _all);
            for (int i = 0; i < size && first + i < parts; i++)
                take(first + i, size > 1 ? _all.AsSpan(i * length, length) : _mine);
        }
    }

    private static int SizeOf(Communicator? ranks) => ranks?.Size ?? 1;
}
