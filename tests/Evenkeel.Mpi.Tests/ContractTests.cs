using Evenkeel.RankProgram;
using Evenkeel.Ranks;
using Evenkeel.Testing.Ranks;

namespace Evenkeel.Mpi.Tests;

/// <summary>Every engine holds the same contract: threads and what MPI there is, with counts of ranks that are powers of two and others.</summary>
public sealed class ContractTests
{
    private const string Threads = "threads";

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
            InProcessRanks.Run(ranks, Contract.Checks[check]);
        else
            Assert.Contains(check, SharedLaunch.Lines(engine, ranks, "contract"));
    }
}
