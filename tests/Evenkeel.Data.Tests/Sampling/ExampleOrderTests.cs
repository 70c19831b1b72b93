using Evenkeel.Data.Sampling;

namespace Evenkeel.Data.Tests.Sampling;

public sealed class ExampleOrderTests
{
    private static int[] Fill(ExampleOrder order, int epoch)
    {
        int[] items = new int[order.Count];
        order.Fill(epoch, items);
        return items;
    }

    [Fact]
    public void None_keeps_the_data_s_order() =>
        Assert.Equal(Enumerable.Range(0, 9), Fill(new ExampleOrder(9, ShuffleMode.None, seed: 3), 5));

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(1000)]
    public void Full_is_a_new_permutation_each_epoch(int count)
    {
        var order = new ExampleOrder(count, ShuffleMode.Full, seed: 3);
        int[] first = Fill(order, 0);
        int[] second = Fill(order, 1);
        Assert.Equal(Enumerable.Range(0, count), first.Order());
        Assert.Equal(Enumerable.Range(0, count), second.Order());
        if (count == 1000)
            Assert.InRange(first.Zip(second).Count(p => p.First == p.Second), 0, 10);
    }

    [Fact]
    public void Permutations_are_fixed_for_good()
    {
        // Computed by another program from the definition. A change here breaks the promise that a seed gives the same
        // run in every version.
        Assert.Equal([11, 0, 2, 5, 6, 8, 3, 1, 4, 9, 10, 7], Fill(new ExampleOrder(12, ShuffleMode.Full, seed: 1), 0));
        Assert.Equal(
            [3, 1, 0, 2, 6, 7, 4, 5, 9, 10, 8, 11],
            Fill(new ExampleOrder(12, ShuffleMode.Shards, seed: 1, shards: 3), 7)
        );
    }

    [Fact]
    public void An_epoch_does_not_depend_on_those_before_it()
    {
        var used = new ExampleOrder(100, ShuffleMode.Full, seed: 8);
        for (int epoch = 0; epoch < 5; epoch++)
            Fill(used, epoch);
        Assert.Equal(Fill(used, 3), Fill(new ExampleOrder(100, ShuffleMode.Full, seed: 8), 3));
        Assert.NotEqual(Fill(used, 3), Fill(new ExampleOrder(100, ShuffleMode.Full, seed: 9), 3));
    }

    [Theory]
    [InlineData(100, 7)]
    [InlineData(5, 9)]
    [InlineData(64, 1)]
    public void Shards_keep_their_examples_and_their_places(int count, int shards)
    {
        var order = new ExampleOrder(count, ShuffleMode.Shards, seed: 2, shards);
        Assert.Equal(Math.Min(count, shards), order.Shards);
        int[] items = Fill(order, 4);
        for (int shard = 0; shard < order.Shards; shard++)
        {
            int first = shard * count / order.Shards;
            int end = (shard + 1) * count / order.Shards;
            Assert.Equal(Enumerable.Range(first, end - first), items[first..end].Order());
        }
    }

    [Fact]
    public void Every_permutation_of_three_is_as_likely()
    {
        var order = new ExampleOrder(3, ShuffleMode.Full, seed: 1);
        var hits = new Dictionary<string, int>();
        for (int epoch = 0; epoch < 6_000; epoch++)
        {
            string key = string.Join(",", Fill(order, epoch));
            hits[key] = hits.GetValueOrDefault(key) + 1;
        }

        // Six standard deviations of a count of mean 1,000.
        Assert.Equal(6, hits.Count);
        Assert.All(hits.Values, h => Assert.InRange(h, 820, 1_180));
    }

    [Fact]
    public void Refuses_bad_numbers()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => new ExampleOrder(-1, ShuffleMode.Full));
        Assert.Throws<ArgumentOutOfRangeException>(() => new ExampleOrder(1, ShuffleMode.Shards, shards: 0));
        Assert.Throws<ArgumentOutOfRangeException>(() => new ExampleOrder(1, (ShuffleMode)9));
        var order = new ExampleOrder(3, ShuffleMode.Full);
        Assert.Throws<ArgumentException>(() => order.Fill(0, new int[2]));
        Assert.Throws<ArgumentOutOfRangeException>(() => order.Fill(-1, new int[3]));
    }
}
