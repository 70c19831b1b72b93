using Evenkeel.Data.Loading;
using Evenkeel.Data.Sampling;
using Evenkeel.Testing;

namespace Evenkeel.Data.Tests.Loading;

public sealed class BatchLoaderTests
{
    private sealed record Seen(int Epoch, int Batch, int First, string Indices, string Inputs, string Labels)
    {
        public static Seen Of(Batch batch) =>
            new(
                batch.Epoch,
                batch.BatchInEpoch,
                batch.FirstExample,
                string.Join(",", batch.Indices.ToArray()),
                string.Join(",", batch.Inputs.ToArray()),
                string.Join(",", batch.Labels.ToArray())
            );
    }

    private static List<Seen> Take(BatchLoader loader, int count) =>
        [.. Enumerable.Range(0, count).Select(_ => Seen.Of(loader.Next()))];

    public static TheoryData<LastBatch, ShuffleMode, int> Cases()
    {
        var cases = new TheoryData<LastBatch, ShuffleMode, int>();
        foreach (LastBatch last in Enum.GetValues<LastBatch>())
        {
            foreach (ShuffleMode shuffle in Enum.GetValues<ShuffleMode>())
            {
                foreach (int prefetch in new[] { 0, 1, 3 })
                    cases.Add(last, shuffle, prefetch);
            }
        }

        return cases;
    }

    private static BatchLoaderOptions Options(LastBatch last, ShuffleMode shuffle, int prefetch) =>
        new()
        {
            BatchSize = 8,
            LastBatch = last,
            Shuffle = shuffle,
            Shards = 3,
            Seed = 5,
            Prefetch = prefetch,
        };

    [Theory]
    [MemberData(nameof(Cases))]
    public void Batches_follow_the_order_of_their_epoch(LastBatch last, ShuffleMode shuffle, int prefetch)
    {
        using var loader = new BatchLoader(new ProbeDataset(43), Options(last, shuffle, prefetch));
        var order = new ExampleOrder(43, shuffle, 5, 3);
        int[] expected = new int[43];
        for (int epoch = 0; epoch < 3; epoch++)
        {
            order.Fill(epoch, expected);
            for (int b = 0; b < loader.Layout.BatchesPerEpoch; b++)
            {
                Assert.Equal(new LoaderPosition(epoch, b), loader.Position);
                Batch batch = loader.Next();
                (int first, int count) = loader.Layout.Batch(b);
                Assert.Equal(
                    (epoch, b, first, count),
                    (batch.Epoch, batch.BatchInEpoch, batch.FirstExample, batch.Count)
                );
                int[] indices = expected[first..(first + count)];
                Assert.Equal(indices, batch.Indices.ToArray());
                Assert.Equal(indices.SelectMany(i => new float[] { i, -i }), batch.Inputs.ToArray());
                Assert.Equal(indices.Select(i => i % 10), batch.Labels.ToArray());
            }
        }
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void A_loader_opened_at_a_position_gives_what_one_that_never_stopped_gives(
        LastBatch last,
        ShuffleMode shuffle,
        int prefetch
    )
    {
        BatchLoaderOptions options = Options(last, shuffle, prefetch);
        using var straight = new BatchLoader(new ProbeDataset(43), options);
        List<Seen> all = Take(straight, 20);
        for (int stop = 0; stop < 15; stop++)
        {
            LoaderPosition position;
            using (var stopped = new BatchLoader(new ProbeDataset(43), options))
            {
                Take(stopped, stop);
                position = stopped.Position;
            }

            using var resumed = new BatchLoader(new ProbeDataset(43), options with { Start = position });
            Assert.Equal(all.Skip(stop).Take(5), Take(resumed, 5));
        }
    }

    [Fact]
    public void The_current_batch_stays_while_others_are_read_ahead()
    {
        using var readAll = new SemaphoreSlim(0);
        var data = new ProbeDataset(100, _ => readAll.Release());
        using var loader = new BatchLoader(data, new BatchLoaderOptions { BatchSize = 10, Prefetch = 2 });
        Batch batch = loader.Next();
        var before = Seen.Of(batch);

        // One batch is held and two are read ahead; the next would need the held one's place.
        for (int i = 0; i < 3; i++)
            Assert.True(readAll.Wait(TimeSpan.FromSeconds(30)));
        Assert.False(readAll.Wait(TimeSpan.FromMilliseconds(50)));
        Assert.Equal(before, Seen.Of(batch));
    }

    [Fact]
    public void Without_prefetch_nothing_is_read_before_it_is_asked_for()
    {
        var data = new ProbeDataset(100);
        using var loader = new BatchLoader(data, new BatchLoaderOptions { BatchSize = 10, Prefetch = 0 });
        Assert.Equal(0, data.Reads);
        loader.Next();
        Assert.Equal(1, data.Reads);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(4)]
    public void A_failure_surfaces_in_the_turn_of_its_batch(int prefetch)
    {
        var data = new ProbeDataset(100, FailAtThird);
        using var loader = new BatchLoader(data, new BatchLoaderOptions { BatchSize = 10, Prefetch = prefetch });
        Take(loader, 3);
        for (int i = 0; i < 3; i++)
        {
            var e = Assert.Throws<InvalidOperationException>(() => loader.Next());
            Assert.Equal("read 3", e.Message);
            Assert.Equal(new LoaderPosition(0, 3), loader.Position);
        }
    }

    private static void FailAtThird(int read)
    {
        if (read == 3)
            throw new InvalidOperationException("read 3");
    }

    [Fact]
    public void Stops_while_batches_wait_to_be_taken()
    {
        var loader = new BatchLoader(new ProbeDataset(100), new BatchLoaderOptions { BatchSize = 10, Prefetch = 3 });
        loader.Next();
        loader.Dispose();
        loader.Dispose();
        Assert.Throws<ObjectDisposedException>(() => loader.Next());
    }

    [Fact]
    public void Reads_nothing_after_it_is_disposed()
    {
        var data = new ProbeDataset(1_000);
        var loader = new BatchLoader(data, new BatchLoaderOptions { BatchSize = 1, Prefetch = 2 });
        for (int i = 0; i < 100; i++)
            loader.Next();
        loader.Dispose();
        int reads = data.Reads;
        Thread.Sleep(20);
        Assert.Equal(reads, data.Reads);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(2)]
    public void Allocates_nothing_per_batch_on_either_thread(int prefetch)
    {
        const int Batches = 2_000;
        long[] producer = new long[Batches + 8];
        var data = new ProbeDataset(
            1_000,
            read => producer[Math.Min(read, Batches + 7)] = GC.GetAllocatedBytesForCurrentThread()
        );
        using var loader = new BatchLoader(data, new BatchLoaderOptions { BatchSize = 16, Prefetch = prefetch });
        Assert.Equal(0, Allocations.Least(() => loader.Next(), warmUp: 200, calls: 300));
        while (data.Reads < Batches)
            loader.Next();
        // The least of a few windows, for the reason that Allocations gives.
        Assert.Equal(0, Enumerable.Range(0, 5).Min(w => producer[500 + 300 * w] - producer[200 + 300 * w]));
    }

    [Fact]
    public void Refuses_options_that_do_not_fit()
    {
        var data = new ProbeDataset(20);
        var good = new BatchLoaderOptions { BatchSize = 10 };
        Assert.Throws<ArgumentException>(() => new BatchLoader(data, good with { Prefetch = -1 }));
        Assert.Throws<ArgumentException>(() => new BatchLoader(data, good with { BatchSize = 21 }));
        Assert.Throws<ArgumentOutOfRangeException>(() => new BatchLoader(data, good with { BatchSize = 0 }));
        Assert.Throws<ArgumentException>(() => new BatchLoader(new ProbeDataset(0), good));
        Assert.Throws<ArgumentException>(() => new BatchLoader(data, good with { Start = new(-1, 0) }));
        var e = Assert.Throws<ArgumentException>(() => new BatchLoader(data, good with { Start = new(0, 2) }));
        Assert.Contains("the start at epoch 0, batch 2 does not exist", e.Message, StringComparison.Ordinal);
    }
}
