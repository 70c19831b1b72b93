using Evenkeel.Execution;
using Evenkeel.Layers;
using Evenkeel.Lowering;
using Evenkeel.Ranks;
using Evenkeel.Training;
using static Evenkeel.Tests.Ranks.SlicedTraining;

namespace Evenkeel.Tests.Ranks;

/// <summary>What a plan says that ranks send is what they send.</summary>
public sealed class TrafficTests
{
    public static TheoryData<string, int, int> Shares =>
        [
            .. from network in SlicedNetworks.All.Keys
            where network != "groups"
            from share in ((int Slices, int Ranks)[])[(8, 2), (8, 4), (8, 8)]
            select (network, share.Slices, share.Ranks),
        ];

    [Theory]
    [MemberData(nameof(Shares))]
    public void A_step_sends_what_the_plan_says(string network, int slices, int ranks)
    {
        var counts = new CountingRanks[ranks];
        ExchangeTraffic[] traffic = [];
        InProcessRanks.Run(
            ranks,
            rank =>
            {
                CountingRanks counted = counts[rank.Rank] = new CountingRanks(rank);
                using Model model = Model.Create(SlicedNetworks.All[network](), 1);
                using var trainer = new BatchTrainer(model, 30, Options(slices, 1), ranks: counted);
                trainer.JoinRanks();
                counted.Clear();
                (float[] inputs, int[] labels) = Batch(model.Graph, 29);
                trainer.Step(inputs, labels);
                if (rank.Rank == 0)
                    traffic = ExchangeTraffic.Of(trainer.Plan, ranks);
            }
        );
        ILookup<bool, ExchangeTraffic> kinds = traffic.ToLookup(t => t.Kernel == nameof(ExchangeGradients));
        Assert.All(counts, c => Assert.Equal(kinds[false].Sum(t => t.Rounds), c.Swaps));
        Assert.All(counts, c => Assert.Equal(kinds[false].Sum(t => t.Bytes), c.SwappedBytes));
        // Ranks halve an odd number of floats differently; each bucket's share of a rank is rounded down to a byte.
        ExchangeTraffic gradients = Assert.Single(kinds[true]);
        Assert.InRange(counts.Sum(c => c.StartedBytes) - (ranks * gradients.Bytes), 0, ranks * gradients.Exchanges);
    }

    [Fact]
    public void Statistics_of_a_slice_alone_are_not_exchanged()
    {
        using Model model = Model.Create(
            Network
                .Input(7)
                .Linear(5)
                .Add(new BatchNorm(BatchNormConvention.Default) { SyncGroupSize = 1 })
                .Relu()
                .Linear(4)
                .Build(),
            1
        );
        using var trainer = new BatchTrainer(model, 30, Options(8, 1));
        ExchangeTraffic[] traffic = ExchangeTraffic.Of(trainer.Plan, 8);
        Assert.Equal(
            [nameof(ExchangeGradients), nameof(ExchangeLoss), nameof(ExchangeMeans)],
            traffic.Select(t => t.Kernel).Order()
        );
        // Five means and variances, a count, and the number of groups, at three levels.
        Assert.Equal(3 * 12 * sizeof(double), traffic.Single(t => t.Kernel == nameof(ExchangeMeans)).Bytes);
    }
}
