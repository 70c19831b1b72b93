using System.Diagnostics;
using System.Globalization;

namespace Evenkeel.Testing.Fuzzing;

/// <summary>A reader of files under test.</summary>
/// <param name="Name">The format.</param>
/// <param name="Files">Whole files to be damaged.</param>
/// <param name="Read">Reads a file by its path.</param>
/// <param name="IsClear">Whether an exception is one that the reader documents.</param>
public sealed record FuzzTarget(
    string Name,
    IReadOnlyList<byte[]> Files,
    Action<string> Read,
    Func<Exception, bool> IsClear
);

/// <summary>What came of reading damaged files.</summary>
/// <param name="Name">The format.</param>
/// <param name="Count">Damaged files read.</param>
/// <param name="Accepted">How many were read all the same, their damage lying in values.</param>
/// <param name="SlowestSeconds">The longest that one took.</param>
/// <param name="MostBytes">The most managed memory that one allocated.</param>
/// <param name="Faults">Those that ended in another way than a clear error, took too long or too much memory; the first ten.</param>
public sealed record FuzzResult(
    string Name,
    int Count,
    int Accepted,
    double SlowestSeconds,
    long MostBytes,
    IReadOnlyList<string> Faults
);

/// <summary>Feeds damaged files to a reader.</summary>
public static class FuzzRun
{
    /// <summary>The most managed memory that a damaged file of some kilobytes may cost: 64 MiB.</summary>
    public const long MostBytes = 64 << 20;

    private const double MostSeconds = 1;
    private const int ShownFaults = 10;

    /// <summary>Reads <paramref name="count"/> damaged files.</summary>
    public static FuzzResult Run(FuzzTarget target, int count, int seed = 1)
    {
        ArgumentNullException.ThrowIfNull(target);
        string path = Path.Combine(Path.GetTempPath(), $"evenkeel-fuzz-{Guid.NewGuid():N}");
        var faults = new List<string>();
        int accepted = 0;
        double slowest = 0;
        long most = 0;
        try
        {
            for (int i = 0; i < count; i++)
            {
                var random = new Random(unchecked((seed * 1_000_003) + i));
                byte[] file = FileMutation.Damage(target.Files[i % target.Files.Count], random);
                File.WriteAllBytes(path, file);
                Exception? error = Measure(target, path, ref slowest, ref most, out string? costs);
                accepted += error is null ? 1 : 0;
                string? fault =
                    error is not null && !target.IsClear(error) ? $"{error.GetType().Name}: {error.Message}" : costs;
                if (fault is not null && faults.Count < ShownFaults)
                    faults.Add($"{target.Name}, seed {seed}, file {i}: {fault}");
            }
        }
        finally
        {
            File.Delete(path);
        }

        return new FuzzResult(target.Name, count, accepted, slowest, most, faults);
    }

    private static Exception? Measure(
        FuzzTarget target,
        string path,
        ref double slowest,
        ref long most,
        out string? costs
    )
    {
        Exception? error = null;
        long before = GC.GetAllocatedBytesForCurrentThread();
        long begin = Stopwatch.GetTimestamp();
        try
        {
            target.Read(path);
        }
#pragma warning disable CA1031 // Whatever it is, it is judged by the target.
        catch (Exception e)
#pragma warning restore CA1031
        {
            error = e;
        }

        double seconds = Stopwatch.GetElapsedTime(begin).TotalSeconds;
        long bytes = GC.GetAllocatedBytesForCurrentThread() - before;
        (slowest, most) = (Math.Max(slowest, seconds), Math.Max(most, bytes));
        costs =
            seconds > MostSeconds ? string.Create(CultureInfo.InvariantCulture, $"{seconds:F1} seconds")
            : bytes > MostBytes ? $"{bytes >> 20} MiB"
            : null;
        return error;
    }
}
