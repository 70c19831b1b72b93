using Evenkeel.Cli.Runs;
using Evenkeel.Ranks;

namespace Evenkeel.Cli.Tests.Runs;

public sealed class RankProcessorsTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public void Ranks_of_one_process_share_its_processors(int ranks)
    {
        int?[] shares = new int?[ranks];
        InProcessRanks.Run(ranks, own => shares[own.Rank] = RankProcessors.Share(own));
        Assert.All(shares, share => Assert.Equal(Math.Max(1, Environment.ProcessorCount / ranks), share));
    }

    [Fact]
    public void One_rank_is_told_nothing() => Assert.Null(RankProcessors.Share(null));
}
