using Evenkeel.Ranks;
using Evenkeel.Training;

namespace Evenkeel.Cli.Runs;

/// <summary>The processors that a rank may use, which it shares with the ranks that may use the same.</summary>
internal static class RankProcessors
{
    private const string Status = "/proc/self/status";

    /// <summary>
    /// Threads of each rank where nobody says how many: the processors that its process may use, over the ranks of its machine that may use
    /// the same. A launcher may have bound each rank to processors of its own, which are then all its.
    /// </summary>
    /// <param name="ranks">All of them come here; null where there is one.</param>
    /// <returns>Null where there is one rank: all processors are its.</returns>
    public static int? Share(Communicator? ranks)
    {
        if (ranks is null)
            return null;
        ulong mine = RankAgreement.HashOf($"{Environment.MachineName} {Allowed()}");
        ulong[] places = RankAgreement.Gather(ranks, "rank's processors", mine);
        return Math.Max(1, Environment.ProcessorCount / places.Count(place => place == mine));
    }

    // Linux says which they are; nothing tells ranks of other systems apart.
    private static string? Allowed() =>
        File.Exists(Status)
            ? File.ReadLines(Status).FirstOrDefault(l => l.StartsWith("Cpus_allowed_list:", StringComparison.Ordinal))
            : null;
}
