using Evenkeel.Ranks;

namespace Evenkeel.Mpi.Tests;

public sealed class LauncherTests
{
    [Theory]
    [InlineData(
        "OMPI_COMM_WORLD_RANK=2 OMPI_COMM_WORLD_SIZE=4 OMPI_COMM_WORLD_LOCAL_RANK=0 PMIX_RANK=2",
        "rank 2 of 4, started by mpirun of Open MPI, local 0"
    )]
    [InlineData("PMI_RANK=1 PMI_SIZE=2 MPI_LOCALRANKID=1", "rank 1 of 2, started by a PMI launcher, local 1")]
    [InlineData(
        "PMI_RANK=1 PMI_SIZE=2 SLURM_PROCID=1 SLURM_STEP_NUM_TASKS=2 SLURM_LOCALID=1",
        "rank 1 of 2, started by a PMI launcher, local 1"
    )]
    [InlineData("SLURM_PROCID=3 SLURM_STEP_NUM_TASKS=8 SLURM_LOCALID=1", "rank 3 of 8, started by srun, local 1")]
    [InlineData(
        "PMIX_RANK=3 SLURM_PROCID=3 SLURM_STEP_NUM_TASKS=8 SLURM_LOCALID=1",
        "rank 3 of 8, started by a PMIx launcher, local 1"
    )]
    [InlineData("RANK=0 WORLD_SIZE=2 LOCAL_RANK=0", "rank 0 of 2, started by a launcher, local 0")]
    // mpirun inside a job of SLURM's: its daemons hand down the number of their own process.
    [InlineData(
        "SLURM_PROCID=0 SLURM_STEP_NUM_TASKS=2 SLURM_LOCALID=0 OMPI_COMM_WORLD_RANK=5 OMPI_COMM_WORLD_SIZE=6",
        "rank 5 of 6, started by mpirun of Open MPI, local "
    )]
    // The script of a job is no step of it.
    [InlineData("SLURM_PROCID=0 SLURM_NTASKS=8", "")]
    [InlineData("RANK=first WORLD_SIZE=2", "")]
    [InlineData("", "")]
    public void Is_found_by_what_it_leaves(string variables, string found)
    {
        Launcher? launcher = Find(variables);
        Assert.Equal(found, launcher is null ? "" : $"{launcher}, local {launcher.LocalRank}");
    }

    [Fact]
    public void A_rank_beyond_the_size_is_refused() =>
        Assert.Equal(
            "PMI_RANK=2 and PMI_SIZE=2 contradict each other",
            Assert.Throws<CommunicatorException>(() => Find("PMI_RANK=2 PMI_SIZE=2")).Message
        );

    private static Launcher? Find(string variables)
    {
        var all = variables
            .Split(' ', StringSplitOptions.RemoveEmptyEntries)
            .ToDictionary(v => v.Split('=')[0], v => v.Split('=')[1]);
        return Launcher.Find(all.GetValueOrDefault);
    }
}
