using Evenkeel.Data.Loading;

namespace Evenkeel.Data.Tests.Loading;

public sealed class BatchShareTests
{
    [Theory]
    [InlineData(12, 4)]
    [InlineData(13, 4)]
    [InlineData(3, 4)]
    [InlineData(0, 4)]
    [InlineData(int.MaxValue, 7)]
    [InlineData(5, 1)]
    public void Shares_follow_one_another_and_differ_by_one_example_at_most(int batch, int parts)
    {
        int next = 0;
        foreach (BatchShare share in Enumerable.Range(0, parts).Select(i => new BatchShare(i, parts)))
        {
            (int first, int count) = share.Of(batch);
            Assert.Equal(next, first);
            Assert.InRange(count, batch / parts, share.Most(batch));
            Assert.InRange(share.Most(batch), batch / parts, (batch / parts) + 1);
            next += count;
        }

        Assert.Equal(batch, next);
    }

    [Fact]
    public void A_share_that_does_not_exist_is_refused()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => new BatchShare(0, 0));
        Assert.Throws<ArgumentOutOfRangeException>(() => new BatchShare(-1, 2));
        Assert.Throws<ArgumentOutOfRangeException>(() => new BatchShare(2, 2));
    }

    [Theory]
    [InlineData(0, 1)]
    [InlineData(2, 1)]
    [InlineData(2, 3)]
    public void A_loader_reads_its_share_of_each_batch(int prefetch, int workers)
    {
        using var whole = new BatchLoader(new ProbeDataset(43), Options(BatchShare.Whole, 0, 1));
        using var part = new BatchLoader(new ProbeDataset(43), Options(new BatchShare(1, 3), prefetch, workers));
        for (int i = 0; i < 25; i++)
        {
            Assert.Equal(whole.Position, part.Position);
            Batch all = whole.Next(),
                some = part.Next();
            (int first, int count) = new BatchShare(1, 3).Of(all.Count);
            Assert.Equal(
                (all.Epoch, all.BatchInEpoch, all.Count, all.FirstExample + first, count),
                (some.Epoch, some.BatchInEpoch, some.WholeCount, some.FirstExample, some.Count)
            );
            Assert.Equal(all.Indices.Slice(first, count).ToArray(), some.Indices.ToArray());
            Assert.Equal(all.Inputs.Slice(2 * first, 2 * count).ToArray(), some.Inputs.ToArray());
            Assert.Equal(all.Labels.Slice(first, count).ToArray(), some.Labels.ToArray());
        }
    }

    [Theory]
    [InlineData(0, 1)]
    [InlineData(2, 2)]
    public void Loaders_of_one_stride_share_out_whole_batches(int prefetch, int workers)
    {
        using var all = new BatchLoader(new ProbeDataset(43), Options(BatchShare.Whole, 0, 1));
        BatchLoader[] some =
        [
            .. Enumerable
                .Range(0, 3)
                .Select(rank => new BatchLoader(
                    new ProbeDataset(43),
                    Options(BatchShare.Whole, prefetch, workers) with
                    {
                        Start = new LoaderPosition(0, rank),
                        Stride = 3,
                    }
                )),
        ];
        for (int i = 0; i < 25; i++)
        {
            Assert.Equal(all.Position, some[i % 3].Position);
            Batch expected = all.Next(),
                found = some[i % 3].Next();
            Assert.Equal((expected.Epoch, expected.BatchInEpoch), (found.Epoch, found.BatchInEpoch));
            Assert.Equal(expected.Indices.ToArray(), found.Indices.ToArray());
        }

        Array.ForEach(some, loader => loader.Dispose());
        Assert.Throws<ArgumentException>(() =>
            new BatchLoader(new ProbeDataset(43), Options(BatchShare.Whole, 0, 1) with { Stride = 0 })
        );
    }

    // The last batch has one example, of which the share in the middle has none.
    private static BatchLoaderOptions Options(BatchShare share, int prefetch, int workers) =>
        new()
        {
            BatchSize = 7,
            LastBatch = LastBatch.Keep,
            Seed = 5,
            Share = share,
            Prefetch = prefetch,
            Workers = workers,
        };
}
