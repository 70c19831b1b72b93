using Evenkeel.Data.Loading;

namespace Evenkeel.Data.Tests.Loading;

public sealed class BatchLayoutTests
{
    [Theory]
    [InlineData(10, 4, LastBatch.Drop, 2, 4, 8)]
    [InlineData(10, 4, LastBatch.Keep, 3, 4, 10)]
    [InlineData(10, 4, LastBatch.Merge, 2, 6, 10)]
    [InlineData(8, 4, LastBatch.Drop, 2, 4, 8)]
    [InlineData(8, 4, LastBatch.Keep, 2, 4, 8)]
    [InlineData(8, 4, LastBatch.Merge, 2, 4, 8)]
    [InlineData(3, 4, LastBatch.Keep, 1, 3, 3)]
    [InlineData(3, 4, LastBatch.Merge, 1, 3, 3)]
    [InlineData(4, 4, LastBatch.Drop, 1, 4, 4)]
    [InlineData(1, 1, LastBatch.Merge, 1, 1, 1)]
    public void Cuts_an_epoch(int examples, int batchSize, LastBatch rule, int batches, int largest, int used)
    {
        var layout = new BatchLayout(examples, batchSize, rule);
        Assert.Equal((batches, largest, used), (layout.BatchesPerEpoch, layout.MaxBatch, layout.ExamplesPerEpoch));
        int next = 0;
        int seen = 0;
        for (int i = 0; i < batches; i++)
        {
            (int first, int count) = layout.Batch(i);
            Assert.Equal(next, first);
            next += count;
            seen = Math.Max(seen, count);
        }

        Assert.Equal((used, largest), (next, seen));
        Assert.Throws<ArgumentOutOfRangeException>(() => layout.Batch(batches));
        Assert.Throws<ArgumentOutOfRangeException>(() => layout.Batch(-1));
    }

    [Fact]
    public void Refuses_to_drop_everything()
    {
        var e = Assert.Throws<ArgumentException>(() => new BatchLayout(3, 4, LastBatch.Drop));
        Assert.Contains("3 examples do not fill one batch of 4", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Refuses_bad_numbers()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => new BatchLayout(0, 4, LastBatch.Keep));
        Assert.Throws<ArgumentOutOfRangeException>(() => new BatchLayout(4, 0, LastBatch.Keep));
        Assert.Throws<ArgumentOutOfRangeException>(() => new BatchLayout(4, 2, (LastBatch)7));
    }
}
