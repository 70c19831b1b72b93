using System.Globalization;

namespace Evenkeel.Ranks;

/// <summary>What started this process as one rank of several, by the variables that it left.</summary>
/// <param name="Name">The launcher, for people.</param>
/// <param name="Rank">This process's rank.</param>
/// <param name="Size">How many ranks there are.</param>
/// <param name="LocalRank">The rank among those of this machine; null if the launcher does not say.</param>
public sealed record Launcher(string Name, int Rank, int Size, int? LocalRank)
{
    private const string StepSize = "SLURM_STEP_NUM_TASKS";

    // The nearest first: a batch system's variables are inherited by what mpirun starts inside its job. A job script of SLURM's has a
    // process number too, but is no step of so many tasks.
    private static readonly (string Name, string Rank, string Size, string LocalRank)[] Known =
    [
        ("mpirun of Open MPI", "OMPI_COMM_WORLD_RANK", "OMPI_COMM_WORLD_SIZE", "OMPI_COMM_WORLD_LOCAL_RANK"),
        ("a PMI launcher", "PMI_RANK", "PMI_SIZE", "MPI_LOCALRANKID"),
        ("a PMIx launcher", "PMIX_RANK", StepSize, ""),
        ("srun", "SLURM_PROCID", StepSize, ""),
        ("a launcher", "RANK", "WORLD_SIZE", "LOCAL_RANK"),
    ];

    /// <summary>Whether its processes speak PMI, MPICH's protocol, so that MPICH or a relative is the library to load.</summary>
    public bool IsMpich => Name == Known[1].Name;

    /// <summary>The launcher of this process; null if it was started alone.</summary>
    public static Launcher? Find() => Find(Environment.GetEnvironmentVariable);

    /// <summary>The launcher by its variables.</summary>
    /// <exception cref="CommunicatorException">Its variables make no sense.</exception>
    public static Launcher? Find(Func<string, string?> variable)
    {
        ArgumentNullException.ThrowIfNull(variable);
        foreach ((string name, string rankOf, string sizeOf, string localRankOf) in Known)
        {
            if (Number(rankOf) is not { } rank || Number(sizeOf) is not { } size)
                continue;
            if (rank >= size)
                throw new CommunicatorException($"{rankOf}={rank} and {sizeOf}={size} contradict each other");
            // All ranks of a step are SLURM's own, whichever protocol they speak; those of mpirun inside a step are not.
            bool isStep = Number(StepSize) == size;
            return new Launcher(name, rank, size, Number(localRankOf) ?? (isStep ? Number("SLURM_LOCALID") : null));
        }

        return null;

        int? Number(string name) => name.Length > 0 ? Parse(variable(name)) : null;
    }

    private static int? Parse(string? text) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int number) ? number : null;

    /// <inheritdoc/>
    public override string ToString() => $"rank {Rank} of {Size}, started by {Name}";
}
