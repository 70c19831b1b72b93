using System.Collections.Concurrent;

namespace Evenkeel.Mpi.Tests;

/// <summary>
/// One launch for all that a family and a number of ranks are asked: to start processes and to compile training in each of them takes longer
/// than most of what they do.
/// </summary>
internal static class SharedLaunch
{
    private static readonly ConcurrentDictionary<(string Family, int Ranks), Lazy<Outcome>> Started = new();

    /// <summary>What ranks do, by their number: powers of two and others, with eight slices and with six.</summary>
    private static readonly Dictionary<int, string[]> Bodies = new()
    {
        [1] = ["contract"],
        [2] = ["contract", "train", "networks", "measure"],
        [3] = ["contract", "train", "fast", "measure"],
        [4] = ["contract", "micro", "fast", "networks"],
        [8] = ["contract", "train"],
    };

    /// <summary>What all ranks wrote of one of these, in any order.</summary>
    public static string[] Lines(string family, int ranks, string what)
    {
        Outcome outcome = Started
            .GetOrAdd(
                (family, ranks),
                key => new(() => MpiLauncher.Start(key.Family, key.Ranks, string.Join(',', Bodies[key.Ranks])))
            )
            .Value;
        Assert.True(outcome.Code == 0, outcome.ToString());
        string begin = what + " ";
        return
        [
            .. outcome
                .Lines.Where(line => line.StartsWith(begin, StringComparison.Ordinal))
                .Select(line => line[begin.Length..]),
        ];
    }
}
