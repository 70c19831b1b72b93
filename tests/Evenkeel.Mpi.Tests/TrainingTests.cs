using Evenkeel.RankProgram;
using Evenkeel.Ranks;

namespace Evenkeel.Mpi.Tests;

public sealed class TrainingTests
{
    private static readonly Lazy<string> Alone = new(() => TrainedNetwork.Hash(null));

    [Theory]
    [InlineData("Open MPI", 2)]
    [InlineData("Open MPI", 4)]
    [InlineData("MPICH", 2)]
    [InlineData("MPICH", 8)]
    public void Processes_train_to_the_bits_of_one(string engine, int ranks)
    {
        Outcome outcome = MpiLauncher.Start(engine, ranks, "train");
        Assert.True(outcome.Code == 0, outcome.ToString());
        Assert.Equal(Enumerable.Repeat($"hash {Alone.Value}", ranks), outcome.Lines);
    }

    [Fact]
    public void Threads_do_too() =>
        InProcessRanks.Run(4, ranks => Assert.Equal(Alone.Value, TrainedNetwork.Hash(ranks)));
}
