using System.Globalization;

namespace Evenkeel.Testing.Fuzzing;

/// <summary>Resident memory of this process, as Linux counts it; 0 elsewhere.</summary>
internal static class ProcessMemory
{
    private const string Status = "/proc/self/status",
        ClearReferences = "/proc/self/clear_refs",
        ResetPeak = "5";

    /// <summary>Makes what is resident now the peak, and says how many bytes that is.</summary>
    public static long BeginPeak()
    {
        if (!File.Exists(ClearReferences))
            return 0;
        File.WriteAllText(ClearReferences, ResetPeak);
        return Read("VmRSS:");
    }

    /// <summary>The most bytes that were resident since.</summary>
    public static long Peak() => File.Exists(ClearReferences) ? Read("VmHWM:") : 0;

    private static long Read(string field)
    {
        string line = File.ReadLines(Status).First(l => l.StartsWith(field, StringComparison.Ordinal));
        return long.Parse(
                line.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries)[1],
                CultureInfo.InvariantCulture
            ) << 10;
    }
}
