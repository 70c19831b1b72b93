using System.Diagnostics;
using System.Globalization;
using System.Reflection;

namespace Evenkeel.Testing.Fuzzing;

/// <summary>How reading one file ended and what it cost.</summary>
internal readonly record struct FuzzOutcome(Exception? Error, double Seconds, long Bytes, long Growth)
{
    /// <summary>Reads a file, whatever comes of it.</summary>
    public static FuzzOutcome Of(FuzzTarget target, string path)
    {
        Exception? error = null;
        long resident = target.IsNative ? ProcessMemory.BeginPeak() : 0;
        long before = GC.GetAllocatedBytesForCurrentThread();
        long begin = Stopwatch.GetTimestamp();
        TimeSpan used = Environment.CpuUsage.TotalTime;
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

        // Other programs on the machine make the clock run on, other threads of this one the processors.
        double seconds = Math.Min(
            Stopwatch.GetElapsedTime(begin).TotalSeconds,
            (Environment.CpuUsage.TotalTime - used).TotalSeconds
        );
        long bytes = GC.GetAllocatedBytesForCurrentThread() - before;
        return new(error, seconds, bytes, target.IsNative ? Math.Max(0, ProcessMemory.Peak() - resident) : 0);
    }

    /// <summary>What is wrong with it; null if nothing is.</summary>
    public FuzzFault? Fault(FuzzTarget target, FuzzBounds bounds) =>
        Error is not null && !target.IsClear(Error) ? Unclear(Error)
        : Bytes > bounds.MostBytes ? new("memory", $"{Bytes >> 20} MiB")
        : Growth > bounds.MostBytes ? new("memory of the process", $"the process grew by {Growth >> 20} MiB")
        : Seconds > bounds.MostSeconds
            ? new("time", string.Create(CultureInfo.InvariantCulture, $"{Seconds:F1} seconds"))
        : null;

    private static FuzzFault Unclear(Exception e)
    {
        MethodBase? place = new StackTrace(e)
            .GetFrames()
            .Select(f => f.GetMethod())
            .FirstOrDefault(m => IsOurs(m?.DeclaringType));
        string kind = $"{e.GetType().Name} in {place?.DeclaringType?.Name}.{place?.Name}";
        return new(kind, $"{kind}: {e.Message}");
    }

    private static bool IsOurs(Type? type) => type?.Namespace?.StartsWith("Evenkeel", StringComparison.Ordinal) == true;
}
