using Evenkeel.RankProgram;
using Evenkeel.Ranks;

namespace Evenkeel.Mpi.Tests;

public sealed class TrainingTests
{
    private static readonly Dictionary<int, Lazy<string>> Alone = ((int[])[6, 8]).ToDictionary(
        slices => slices,
        slices => new Lazy<string>(() => TrainedNetwork.Hash(null, slices))
    );

    [Theory]
    [InlineData("Open MPI", 2)]
    [InlineData("Open MPI", 3)]
    [InlineData("Open MPI", 4)]
    [InlineData("MPICH", 2)]
    [InlineData("MPICH", 6)]
    [InlineData("MPICH", 8)]
    public void Processes_train_to_the_bits_of_one(string engine, int ranks)
    {
        Outcome outcome = MpiLauncher.Start(engine, ranks, "train");
        Assert.True(outcome.Code == 0, outcome.ToString());
        Assert.Equal(Enumerable.Repeat($"hash {Alone[TrainedNetwork.SlicesOf(ranks)].Value}", ranks), outcome.Lines);
    }

    [Theory]
    [InlineData("Open MPI", 3)]
    [InlineData("Open MPI", 4)]
    [InlineData("MPICH", 3)]
    [InlineData("MPICH", 4)]
    public void Sums_of_the_library_are_close_and_the_same_on_all_ranks(string engine, int ranks)
    {
        Outcome outcome = MpiLauncher.Start(engine, ranks, "fast");
        Assert.True(outcome.Code == 0, outcome.ToString());
        Assert.Equal(ranks, outcome.Lines.Length);
        Assert.EndsWith(": close", Assert.Single(outcome.Lines.Distinct()), StringComparison.Ordinal);
    }

    [Fact]
    public void Threads_do_too() =>
        InProcessRanks.Run(4, ranks => Assert.Equal(Alone[8].Value, TrainedNetwork.Hash(ranks, 8)));
}
