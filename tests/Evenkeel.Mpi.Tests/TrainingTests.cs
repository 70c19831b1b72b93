using Evenkeel.RankProgram;
using Evenkeel.Ranks;
using Evenkeel.Testing.Ranks;

namespace Evenkeel.Mpi.Tests;

public sealed class TrainingTests
{
    private static readonly Dictionary<int, Lazy<string>> Alone = ((int[])[6, 8]).ToDictionary(
        slices => slices,
        slices => new Lazy<string>(() => TrainedNetwork.Hash(null, slices))
    );

    // Eight slices, and six for three ranks.
    public static TheoryData<string, int> Sizes =>
        [.. from family in MpiFamily.All.Keys from ranks in (int[])[2, 3, 8] select (family, ranks)];

    // A power of two and another: libraries sum in other ways.
    public static TheoryData<string, int> SizesOfSums =>
        [.. from family in MpiFamily.All.Keys from ranks in (int[])[3, 4] select (family, ranks)];

    [Theory]
    [MemberData(nameof(Sizes))]
    public void Processes_train_to_the_bits_of_one(string engine, int ranks) =>
        Assert.Equal(
            Enumerable.Repeat(Alone[TrainedNetwork.SlicesOf(ranks)].Value, ranks),
            SharedLaunch.Lines(engine, ranks, "train")
        );

    [Theory]
    [InlineData("Open MPI")]
    [InlineData("MPICH")]
    public void Micro_batches_do_too(string engine)
    {
        string alone = TrainedNetwork.Hash(null, 8, TrainedNetwork.MicroBatches);
        Assert.Equal(Enumerable.Repeat(alone, 4), SharedLaunch.Lines(engine, 4, "micro"));
    }

    [Theory]
    [MemberData(nameof(SizesOfSums))]
    public void Sums_of_the_library_are_close_and_the_same_on_all_ranks(string engine, int ranks)
    {
        string[] lines = SharedLaunch.Lines(engine, ranks, "fast");
        Assert.Equal(ranks, lines.Length);
        Assert.EndsWith(": close", Assert.Single(lines.Distinct()), StringComparison.Ordinal);
    }

    [Fact]
    public void Threads_do_too() =>
        InProcessRanks.Run(4, ranks => Assert.Equal(Alone[8].Value, TrainedNetwork.Hash(ranks, 8)));

    [Theory]
    [InlineData("Open MPI", 3)]
    [InlineData("MPICH", 2)]
    public void Processes_measure_to_the_bits_of_one(string engine, int ranks) =>
        Assert.Equal(
            Enumerable.Repeat(SharedMeasurement.Text(null), ranks),
            SharedLaunch.Lines(engine, ranks, "measure")
        );
}
