using System.Diagnostics;
using System.Globalization;
using Evenkeel.Testing.Ranks;

namespace Evenkeel.Bench.RankKills;

/// <summary>
/// Trains over ranks of MPI, kills one of them at a random moment, and goes on with a random number of ranks, under another launcher, until
/// the run is done; then the next run. All checkpoints that are left must have the bits of a run that was never disturbed, each time and at
/// the end.
/// </summary>
internal static class RankKillsBench
{
    /// <summary>Prints a table; returns whether nothing was lost and all bits are right.</summary>
    public static bool Run(TextWriter output, int kills, int seed)
    {
        MpiFamily[] families = [.. MpiFamily.All.Values.Where(family => family.Command is not null)];
        if (families.Length == 0 || !OperatingSystem.IsLinux())
        {
            output.WriteLine("Ranks are killed on Linux, with Open MPI or MPICH installed.");
            return false;
        }

        long begin = Stopwatch.GetTimestamp();
        var random = new Random(seed);
        var killed = new List<RankKill>();
        int runs = 0;
        string? fault = null;
        using var run = new KilledRun();
        try
        {
            for (; killed.Count < kills; runs++)
                killed.AddRange(ToTheEnd(run, families, random));
        }
        catch (Exception e) when (e is IOException or InvalidDataException or InvalidOperationException)
        {
            fault = e.Message;
        }

        Write(output, killed);
        double seconds = Stopwatch.GetElapsedTime(begin).TotalSeconds;
        output.WriteLine(
            string.Create(
                CultureInfo.InvariantCulture,
                $"\nSeed {seed}, {seconds:F0} s, {runs} runs. After kills and at the end {run.CheckpointsHeld:N0} checkpoints had the bits of those of one "
                    + $"process that was never disturbed. {fault ?? "None is lost or damaged."}"
            )
        );
        return fault is null;
    }

    private static IEnumerable<RankKill> ToTheEnd(KilledRun run, MpiFamily[] families, Random random)
    {
        run.Clear();
        for (int launch = 0; ; launch++)
        {
            var kill = RankKill.Draw(families[launch % families.Length], random);
            if (!run.Go(kill))
                yield break;
            Console.Error.Write('.');
            yield return kill;
        }
    }

    private static void Write(TextWriter output, List<RankKill> kills)
    {
        output.WriteLine("| launcher | ranks | kills | of the first rank |");
        output.WriteLine("|---|---|---|---|");
        foreach (var same in kills.GroupBy(k => (k.Family.Name, k.Ranks)).OrderBy(g => g.Key))
            output.WriteLine(
                $"| {same.Key.Name} | {same.Key.Ranks} | {same.Count()} | {same.Count(k => k.Victim == 0)} |"
            );
    }
}
