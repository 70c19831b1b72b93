using Evenkeel.RankProgram;
using Evenkeel.Ranks;

namespace Evenkeel.Mpi.Tests;

/// <summary>
/// ResNet-20, BN-Inception and each way to tie slices: threads and processes make the bits of one process, running statistics included, each
/// rank in its own model.
/// </summary>
public sealed class NetworkTests
{
    private static readonly Lazy<string[]> Alone = new(() => [.. SmallNetworks.Lines(null)]);

    [Theory]
    [InlineData("Open MPI", 2)]
    [InlineData("Open MPI", 4)]
    [InlineData("MPICH", 2)]
    [InlineData("MPICH", 4)]
    public void Processes_train_to_the_bits_of_one(string engine, int ranks)
    {
        IEnumerable<string> expected = Alone.Value.SelectMany(line => Enumerable.Repeat(line, ranks));
        Assert.Equal(expected.Order(), SharedLaunch.Lines(engine, ranks, "networks").Order());
    }

    [Theory]
    [InlineData(2)]
    [InlineData(4)]
    public void Threads_do_too(int ranks) =>
        InProcessRanks.Run(ranks, rank => Assert.Equal(Alone.Value, SmallNetworks.Lines(rank)));
}
