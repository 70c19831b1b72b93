using System.Collections.Concurrent;
using Evenkeel.RankProgram;
using Evenkeel.Ranks;
using Evenkeel.Testing.Ranks;

namespace Evenkeel.Mpi.Tests;

/// <summary>Every engine holds the same contract: threads and what MPI there is, with counts of ranks that are powers of two and others.</summary>
public sealed class ContractTests
{
    private const string Threads = "threads";

    // A launch runs all checks; each is a test of its own.
    private static readonly ConcurrentDictionary<(string, int), Lazy<Outcome>> Launched = new();

    public static TheoryData<string, int, string> Checks =>
        [
            .. from engine in (string[])[Threads, .. MpiFamily.All.Keys]
            from ranks in (int[])[1, 2, 3, 4, 8]
            from check in Contract.Checks.Keys
            select (engine, ranks, check),
        ];

    [Theory]
    [MemberData(nameof(Checks))]
    public void Holds(string engine, int ranks, string check)
    {
        if (engine == Threads)
        {
            InProcessRanks.Run(ranks, Contract.Checks[check]);
            return;
        }

        Outcome outcome = Launched
            .GetOrAdd((engine, ranks), key => new(() => MpiLauncher.Start(key.Item1, key.Item2, "contract")))
            .Value;
        Assert.True(outcome.Lines.Contains($"ok {check}"), outcome.ToString());
        Assert.True(outcome.Code == 0, outcome.ToString());
    }
}
