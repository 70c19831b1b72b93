using System.Globalization;

namespace Evenkeel.Bench.Hostile;

/// <summary>Runs all trials and holds how they end, and what they take, against what is right.</summary>
internal static class HostileBench
{
    private const int LongestLine = 4000;
    private const double MiB = 1 << 20;

    private static readonly string[] Internals =
    [
        "unexpected",
        "bug in Evenkeel",
        "Unhandled exception",
        "   at ",
        "Exception:",
        "Arithmetic operation",
        "(Parameter '",
    ];

    private sealed record Line(
        HostileTrial Trial,
        HostileOutcome Outcome,
        double Seconds,
        double Mebibytes,
        string? Fault
    );

    /// <summary>Prints the tables; returns whether all ended as they should.</summary>
    public static bool Run(TextWriter output, string filter)
    {
        if (!OperatingSystem.IsLinux())
        {
            output.WriteLine("The trials need Linux: bash, /proc and devices.");
            return true;
        }

        using var files = new HostileBase();
        HostileOutcome bare = HostileChild.Run("exec $TOOL --version", HostileBase.Folder, 60);
        HostileTrial[] trials = [.. HostileTrials.All.Where(t => Matches(t, filter))];
        var lines = new List<Line>();
        foreach (HostileTrial trial in trials.Where(t => t.Skipped is null))
        {
            Line line = Try(trial, bare);
            lines.Add(line);
            Console.Error.WriteLine($"{trial.Kind}: {trial.Name}: {line.Fault ?? "right"}");
        }

        Summarize(output, lines, bare);
        Detail(output, lines);
        foreach (HostileTrial trial in trials.Where(t => t.Skipped is not null))
            output.WriteLine($"\n- left out: {trial.Name}: {trial.Skipped}");
        foreach (Line line in lines.Where(l => l.Fault is not null))
            output.WriteLine($"\n- **{line.Trial.Name}**: {line.Fault}");
        return lines.All(l => l.Fault is null);
    }

    private static bool Matches(HostileTrial trial, string filter) =>
        $"{trial.Kind}: {trial.Name}".Contains(filter, StringComparison.OrdinalIgnoreCase);

    private static Line Try(HostileTrial trial, HostileOutcome bare)
    {
        string folder = Directory.CreateTempSubdirectory("evenkeel-hostile-").FullName;
        try
        {
            trial.Prepare(folder);
            HostileOutcome outcome = HostileChild.Run(trial.Command, folder, trial.Patience);
            double seconds = Math.Max(0, outcome.ProcessorSeconds - bare.ProcessorSeconds),
                mebibytes = Math.Max(0, outcome.PeakBytes - bare.PeakBytes) / MiB;
            return new Line(trial, outcome, seconds, mebibytes, Fault(trial, outcome, seconds, mebibytes, folder));
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static string? Fault(
        HostileTrial trial,
        HostileOutcome outcome,
        double seconds,
        double mebibytes,
        string folder
    )
    {
        string said = outcome.Output.Length > 300 ? outcome.Output[..300] + " ..." : outcome.Output;
        said = said.ReplaceLineEndings(" / ");
        if (outcome.Hung)
            return $"it never ended: {said}";
        if (!trial.Exits.Contains(outcome.Exit))
            return $"exit code {outcome.Exit} instead of {string.Join(" or ", trial.Exits)}: {said}";
        if (!outcome.Output.Contains(trial.Says, StringComparison.OrdinalIgnoreCase))
            return $"it does not say '{trial.Says}': {said}";
        if (Array.Find(Internals, i => outcome.Output.Contains(i, StringComparison.Ordinal)) is { } inner)
            return $"it says '{inner}': {said}";
        if (outcome.Output.Any(c => char.IsControl(c) && c is not ('\n' or '\r' or '\t')))
            return $"control characters reach the terminal: {Uri.EscapeDataString(said)}";
        if (outcome.Output.Split('\n').Max(l => l.Length) is > LongestLine and int longest)
            return $"a line of {longest} characters";
        if (seconds > trial.MostSeconds)
            return Invariant($"{seconds:F1} seconds of the processor, at most {trial.MostSeconds} are right");
        return mebibytes > trial.MostMebibytes
            ? Invariant($"{mebibytes:F0} MiB, at most {trial.MostMebibytes} are right")
            : trial.After(folder);
    }

    private static void Summarize(TextWriter output, List<Line> lines, HostileOutcome bare)
    {
        output.WriteLine(
            Invariant(
                $"Seconds of the processor and MiB are those beyond a bare start of the tool ({bare.ProcessorSeconds:F2} s, {bare.PeakBytes / MiB:F0} MiB); where more than 2 s or 64 MiB are right, the work itself takes them."
            )
        );
        output.WriteLine();
        output.WriteLine("| kind | trials | failures | slowest, s | most memory, MiB |");
        output.WriteLine("|---|---|---|---|---|");
        foreach (IGrouping<string, Line> kind in lines.GroupBy(l => l.Trial.Kind))
            Row(output, kind.Key, [.. kind]);
        Row(output, "all", lines);
    }

    private static void Row(TextWriter output, string name, IReadOnlyCollection<Line> lines)
    {
        if (lines.Count == 0)
            return;
        Line slowest = lines.MaxBy(l => l.Seconds)!,
            largest = lines.MaxBy(l => l.Mebibytes)!;
        output.WriteLine(
            Invariant(
                $"| {name} | {lines.Count} | {lines.Count(l => l.Fault is not null)} | {slowest.Seconds:F1}: {slowest.Trial.Name} | {largest.Mebibytes:F0}: {largest.Trial.Name} |"
            )
        );
    }

    private static void Detail(TextWriter output, List<Line> lines)
    {
        output.WriteLine();
        output.WriteLine("| kind | trial | exit | of the processor, s | in all, s | MiB | right |");
        output.WriteLine("|---|---|---|---|---|---|---|");
        foreach (Line l in lines)
        {
            output.WriteLine(
                Invariant(
                    $"| {l.Trial.Kind} | {l.Trial.Name} | {l.Outcome.Exit} | {l.Seconds:F1} | {l.Outcome.Seconds:F1} | {l.Mebibytes:F0} | {(l.Fault is null ? "yes" : "**no**")} |"
                )
            );
        }
    }

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
