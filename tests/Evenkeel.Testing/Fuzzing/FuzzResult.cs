namespace Evenkeel.Testing.Fuzzing;

/// <summary>What came of reading damaged files.</summary>
public sealed class FuzzResult
{
    private const int ShownFaults = 10;

    private readonly Dictionary<string, string> _faults = [];

    /// <summary>Damaged files read.</summary>
    public int Count { get; private set; }

    /// <summary>How many were read all the same, their damage lying in values.</summary>
    public int Accepted { get; private set; }

    /// <summary>The longest that one took.</summary>
    public double SlowestSeconds { get; private set; }

    /// <summary>The most managed memory that one allocated.</summary>
    public long MostBytes { get; private set; }

    /// <summary>The most that the process grew by; 0 where that is not measured.</summary>
    public long MostGrowth { get; private set; }

    /// <summary>Number of files that ended in another way than a clear error, or took too long or too much memory.</summary>
    public int FaultCount { get; private set; }

    /// <summary>The first of each kind, at most ten.</summary>
    public IReadOnlyList<string> Faults => [.. _faults.Values];

    internal void Add(FuzzOutcome outcome)
    {
        Count++;
        Accepted += outcome.Error is null ? 1 : 0;
        SlowestSeconds = Math.Max(SlowestSeconds, outcome.Seconds);
        MostBytes = Math.Max(MostBytes, outcome.Bytes);
        MostGrowth = Math.Max(MostGrowth, outcome.Growth);
    }

    /// <summary>Counts a fault; false if it is of a kind that is shown already, or beyond those that are.</summary>
    internal bool AddFault(FuzzCase one, FuzzFault fault)
    {
        FaultCount++;
        return _faults.Count < ShownFaults && _faults.TryAdd(fault.Kind, $"{one}: {fault.What}");
    }
}
