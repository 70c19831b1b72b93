using System.ComponentModel;
using System.Diagnostics;
using Evenkeel.RankProgram;

namespace Evenkeel.Mpi.Tests;

/// <summary>How a process or a set of processes ended.</summary>
internal sealed record Outcome(int Code, string Out, string Error, TimeSpan Took)
{
    public string[] Lines => Out.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);

    public override string ToString() => $"exit {Code} after {Took.TotalSeconds:F1} s\nout: {Out}\nerror: {Error}";
}

/// <summary>A launcher of MPI programs, if the system has it.</summary>
internal sealed record MpiLauncher(string Family, string? Command, params string[] Options)
{
    private const string Variable = "EVENKEEL_MPI_LAUNCHERS";
    private const int MostSeconds = 300;

    /// <summary>
    /// Families by the names that Debian gives and others use, told apart by what they say of themselves; then the command lines that the
    /// variable holds, separated by semicolons, such as <c>srun --mpi=pmi2; env EVENKEEL_MPI=libmpi_abi.so.1 /opt/mpich/bin/mpiexec</c>.
    /// </summary>
    public static IReadOnlyDictionary<string, MpiLauncher> All { get; } =
        Installed().Concat(Named()).ToDictionary(launcher => launcher.Family);

    /// <summary>Runs the program of ranks; skips the test if there is no launcher.</summary>
    public static Outcome Start(string family, int ranks, string what, params (string Name, string Value)[] variables)
    {
        MpiLauncher launcher = All[family];
        Assert.SkipWhen(launcher.Command is null, $"{family} is not installed, and {Variable} may name others");
        string[] args = [.. launcher.Options, "-n", $"{ranks}", "dotnet", typeof(Contract).Assembly.Location, what];
        return Run(launcher.Command, args, variables);
    }

    /// <summary>Runs the program as one process, without a launcher.</summary>
    public static Outcome StartAlone(string what, params (string Name, string Value)[] variables) =>
        Run("dotnet", [typeof(Contract).Assembly.Location, what], variables);

    private static Outcome Run(string command, string[] args, (string Name, string Value)[] variables)
    {
        var start = new ProcessStartInfo(command, args) { RedirectStandardOutput = true, RedirectStandardError = true };
        // Open MPI asks for both before it serves root, as whom containers run.
        start.Environment["OMPI_ALLOW_RUN_AS_ROOT"] = start.Environment["OMPI_ALLOW_RUN_AS_ROOT_CONFIRM"] = "1";
        // Open MPI gives programs a terminal, which .NET would greet with codes.
        start.Environment["TERM"] = "dumb";
        foreach ((string name, string value) in variables)
            start.Environment[name] = value;
        var watch = Stopwatch.StartNew();
        using Process process = Process.Start(start)!;
        Task<string> output = process.StandardOutput.ReadToEndAsync();
        Task<string> error = process.StandardError.ReadToEndAsync();
        bool ended = process.WaitForExit(TimeSpan.FromSeconds(MostSeconds));
        if (!ended)
            process.Kill(entireProcessTree: true);
        process.WaitForExit();
        var outcome = new Outcome(process.ExitCode, output.Result, error.Result, watch.Elapsed);
        Assert.True(ended, $"{command} {string.Join(' ', args)} hangs: {outcome}");
        return outcome;
    }

    private static MpiLauncher[] Installed() =>
        [
            // More ranks than processors, each of them free to run on any.
            new("Open MPI", Find("Open MPI", "mpirun.openmpi", "mpirun"), "--oversubscribe", "--bind-to", "none"),
            new("MPICH", Find("HYDRA", "mpiexec.mpich", "mpiexec.hydra", "mpiexec")),
        ];

    private static IEnumerable<MpiLauncher> Named() =>
        from line in (Environment.GetEnvironmentVariable(Variable) ?? "").Split(
            ';',
            StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries
        )
        let words = line.Split(' ', StringSplitOptions.RemoveEmptyEntries)
        select new MpiLauncher(line, words[0], words[1..]);

    private static string? Find(string says, params string[] commands) =>
        Array.Find(
            commands,
            command =>
            {
                try
                {
                    return Run(command, ["--version"], []).Out.Contains(says, StringComparison.Ordinal);
                }
                catch (Win32Exception)
                {
                    return false;
                }
            }
        );
}
