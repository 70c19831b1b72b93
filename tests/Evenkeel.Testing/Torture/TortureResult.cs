namespace Evenkeel.Testing.Torture;

/// <summary>What became of one kind of call.</summary>
/// <param name="Done">Calls that returned, with the right numbers.</param>
/// <param name="Refused">Calls that were refused as documented: another thread was at work, or something was disposed of.</param>
public readonly record struct TortureCount(long Done, long Refused)
{
    /// <summary>Both together.</summary>
    public TortureCount Plus(TortureCount other) => new(Done + other.Done, Refused + other.Refused);
}

/// <summary>What random calls from several threads came to.</summary>
/// <param name="Counts">By call.</param>
/// <param name="Faults">Wrong numbers, other exceptions, and calls that do not end; a sentence each.</param>
/// <param name="Threads">Evenkeel's own threads before and, once all was collected, after.</param>
/// <param name="Bytes">Managed memory, pinned memory included, before and after.</param>
public sealed record TortureResult(
    IReadOnlyDictionary<string, TortureCount> Counts,
    IReadOnlyList<string> Faults,
    (int Before, int After) Threads,
    (long Before, long After) Bytes
)
{
    private const long Slack = 8 << 20;

    /// <summary>All calls.</summary>
    public TortureCount All => Counts.Values.Aggregate(default(TortureCount), (sum, c) => sum.Plus(c));

    /// <summary>No fault, no thread that stays, no memory that stays.</summary>
    public bool IsRight => Faults.Count == 0 && Threads.After <= Threads.Before && Bytes.After <= Bytes.Before + Slack;
}
