using System.ComponentModel;
using System.Diagnostics;

namespace Evenkeel.Testing.Ranks;

/// <summary>Programs that start processes of MPI, by family; each may be absent from the system.</summary>
/// <param name="Name">The family.</param>
/// <param name="Command">Its launcher; null where it is not installed.</param>
/// <param name="Options">What the launcher is always given.</param>
public sealed record MpiFamily(string Name, string? Command, params string[] Options)
{
    /// <summary>The variable that names further launchers.</summary>
    public const string Variable = "EVENKEEL_MPI_LAUNCHERS";

    /// <summary>
    /// Families by the names that Debian gives their launchers and others use, told apart by what they say of themselves; then the command lines
    /// that the variable holds, separated by semicolons, such as <c>srun --mpi=pmi2; env EVENKEEL_MPI=libmpi_abi.so.1 /opt/mpich/bin/mpiexec</c>.
    /// </summary>
    public static IReadOnlyDictionary<string, MpiFamily> All { get; } =
        Installed().Concat(Named()).ToDictionary(family => family.Name);

    /// <summary>What starts ranks.</summary>
    /// <param name="parts">How many ranks of each program with its arguments; ranks are numbered through.</param>
    public ProcessStartInfo Launch(params (int Ranks, string[] Program)[] parts)
    {
        string[] args =
        [
            .. Options,
            .. parts.SelectMany(
                (part, i) => (string[])[.. i > 0 ? [":"] : (string[])[], "-n", $"{part.Ranks}", .. part.Program]
            ),
        ];
        return WithVariables(new ProcessStartInfo(Command!, args));
    }

    /// <summary>Sets what launchers and ranks need of the environment.</summary>
    public static ProcessStartInfo WithVariables(ProcessStartInfo start)
    {
        // Open MPI asks for both before it serves root, as whom containers run.
        start.Environment["OMPI_ALLOW_RUN_AS_ROOT"] = start.Environment["OMPI_ALLOW_RUN_AS_ROOT_CONFIRM"] = "1";
        // Open MPI gives programs a terminal, which .NET would greet with codes.
        start.Environment["TERM"] = "dumb";
        // Ranks live for moments, as in tests themselves: counting calls to compile code better takes longer than it saves.
        start.Environment["DOTNET_TieredPGO"] = "0";
        start.RedirectStandardOutput = start.RedirectStandardError = true;
        return start;
    }

    private static MpiFamily[] Installed() =>
        [
            // More ranks than processors, each of them free to run on any.
            new("Open MPI", Find("Open MPI", "mpirun.openmpi", "mpirun"), "--oversubscribe", "--bind-to", "none"),
            new("MPICH", Find("HYDRA", "mpiexec.mpich", "mpiexec.hydra", "mpiexec")),
        ];

    private static IEnumerable<MpiFamily> Named() =>
        from line in (Environment.GetEnvironmentVariable(Variable) ?? "").Split(
            ';',
            StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries
        )
        let words = line.Split(' ', StringSplitOptions.RemoveEmptyEntries)
        select new MpiFamily(line, words[0], words[1..]);

    private static string? Find(string says, params string[] commands) =>
        Array.Find(
            commands,
            command =>
            {
                try
                {
                    using Process process = Process.Start(WithVariables(new ProcessStartInfo(command, ["--version"])))!;
                    return process.StandardOutput.ReadToEnd().Contains(says, StringComparison.Ordinal);
                }
                catch (Win32Exception)
                {
                    return false;
                }
            }
        );
}
