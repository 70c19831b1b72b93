using System.Diagnostics;
using System.Globalization;

namespace Evenkeel.Bench.Hostile;

/// <summary>How a command ended and what it took, with all processes that it started.</summary>
internal sealed record HostileOutcome(
    int Exit,
    string Output,
    bool Hung,
    double Seconds,
    double ProcessorSeconds,
    long PeakBytes
);

/// <summary>Runs a command of bash and follows its processes in /proc.</summary>
internal sealed class HostileChild
{
    private const int PollMilliseconds = 20;
    private const int MostShown = 1 << 20;
    private const double TicksPerSecond = 100;

    private readonly Dictionary<int, double> _processorSeconds = [];
    private long _peak;

    public static HostileOutcome Run(string command, string folder, double patience)
    {
        string said = Path.Combine(folder, ".said");
        var start = new ProcessStartInfo("/bin/bash", ["-c", $"{{ {command}\n}} > '{said}' 2>&1 < /dev/null"])
        {
            WorkingDirectory = folder,
        };
        start.Environment["TOOL"] = $"dotnet {Tool()}";
        start.Environment["LIB"] = $"dotnet {typeof(HostileChild).Assembly.Location} {LibraryTrials.Verb}";
        start.Environment["BASE"] = HostileBase.Folder;
        start.Environment["DOTNET_TieredCompilation"] = "1";
        var follower = new HostileChild();
        long begin = Stopwatch.GetTimestamp();
        using Process process = Process.Start(start)!;
        bool hung = false;
        while (!process.WaitForExit(PollMilliseconds))
        {
            follower.Look(process.Id);
            if (Stopwatch.GetElapsedTime(begin).TotalSeconds < patience)
                continue;
            hung = true;
            process.Kill(entireProcessTree: true);
            process.WaitForExit();
        }

        return new HostileOutcome(
            process.ExitCode,
            Read(said),
            hung,
            Stopwatch.GetElapsedTime(begin).TotalSeconds,
            follower._processorSeconds.Values.Sum(),
            follower._peak
        );
    }

    private static string Tool() =>
        Path.Combine(RepositoryFolder.Of("src", "Evenkeel.Cli"), "bin", "Release", "net10.0", "Evenkeel.Cli.dll");

    private static string Read(string file)
    {
        using FileStream stream = File.OpenRead(file);
        byte[] bytes = new byte[Math.Min(stream.Length, MostShown)];
        stream.ReadExactly(bytes);
        return System.Text.Encoding.UTF8.GetString(bytes);
    }

    private void Look(int root)
    {
        var parents = new Dictionary<int, int>();
        foreach (string folder in Directory.EnumerateDirectories("/proc"))
        {
            if (int.TryParse(Path.GetFileName(folder), out int id) && Stat(id) is { } fields)
                parents[id] = int.Parse(fields[1], CultureInfo.InvariantCulture);
        }

        foreach (int id in parents.Keys.Where(id => IsWithin(id, root, parents)))
            Measure(id);
    }

    private static bool IsWithin(int id, int root, Dictionary<int, int> parents)
    {
        for (; id > 1; id = parents.GetValueOrDefault(id))
        {
            if (id == root)
                return true;
        }

        return false;
    }

    private void Measure(int id)
    {
        if (Stat(id) is not { } fields)
            return;
        double ticks =
            double.Parse(fields[11], CultureInfo.InvariantCulture)
            + double.Parse(fields[12], CultureInfo.InvariantCulture);
        _processorSeconds[id] = ticks / TicksPerSecond;
        _peak = Math.Max(_peak, Peak(id));
    }

    // State, parent and so on, behind the name in parentheses.
    private static string[]? Stat(int id)
    {
        string text = Text($"/proc/{id}/stat");
        int end = text.LastIndexOf(')');
        return end < 0 ? null : text[(end + 2)..].Split(' ');
    }

    private static long Peak(int id)
    {
        string? line = Text($"/proc/{id}/status")
            .Split('\n')
            .FirstOrDefault(l => l.StartsWith("VmHWM:", StringComparison.Ordinal));
        return line is null
            ? 0
            : long.Parse(
                line.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries)[1],
                CultureInfo.InvariantCulture
            ) << 10;
    }

    // A process may end at any time.
    private static string Text(string file)
    {
        try
        {
            return File.ReadAllText(file);
        }
        catch (IOException)
        {
            return "";
        }
    }
}
