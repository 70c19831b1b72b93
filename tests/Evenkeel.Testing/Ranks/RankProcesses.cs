using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;

namespace Evenkeel.Testing.Ranks;

/// <summary>The processes of one launch, found in Linux's /proc by a mark that they inherit.</summary>
public sealed partial class RankProcesses
{
    private const string Variable = "EVENKEEL_TEST_LAUNCH";
    private static readonly string[] RankVariables = ["OMPI_COMM_WORLD_RANK", "PMI_RANK"];
    private readonly string _mark = $"{Variable}={Guid.NewGuid():N}";

    /// <summary>Marks what is to be launched.</summary>
    public RankProcesses(ProcessStartInfo start) => start.Environment[Variable] = _mark[(Variable.Length + 1)..];

    /// <summary>All that live, the launcher and its helpers included.</summary>
    public int[] All => [.. Living().Select(process => process.Id)];

    /// <summary>The process of a rank; null where there is none.</summary>
    public int? Of(int rank)
    {
        string[] asked = [.. RankVariables.Select(variable => $"{variable}={rank}")];
        int[] found = [.. Living().Where(p => p.Variables.Intersect(asked).Any()).Select(p => p.Id)];
        return found.Length > 0 ? found[0] : null;
    }

    /// <summary>Sends a signal of the system's; a process that has ended is no error.</summary>
    public static void Send(int process, Signal signal) => _ = Kill(process, (int)signal);

    private IEnumerable<(int Id, string[] Variables)> Living()
    {
        foreach (string folder in Directory.EnumerateDirectories("/proc"))
        {
            if (!int.TryParse(Path.GetFileName(folder), NumberStyles.None, CultureInfo.InvariantCulture, out int id))
                continue;
            string[] variables = Read(Path.Combine(folder, "environ")).Split('\0');
            if (variables.Contains(_mark))
                yield return (id, variables);
        }
    }

    // A process may end at any time, and others are not ours to look at.
    private static string Read(string file)
    {
        try
        {
            return File.ReadAllText(file);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return "";
        }
    }

    [LibraryImport("libc", EntryPoint = "kill")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int Kill(int process, int signal);
}

/// <summary>Signals by their numbers on Linux.</summary>
public enum Signal
{
    /// <summary>Ends a process at once.</summary>
    Kill = 9,

    /// <summary>Asks it to end.</summary>
    Terminate = 15,

    /// <summary>Stops it until it is told to go on.</summary>
    Stop = 19,
}
