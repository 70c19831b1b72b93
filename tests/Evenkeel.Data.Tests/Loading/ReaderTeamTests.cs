using Evenkeel.Data.Loading;
using Evenkeel.Data.Sampling;

namespace Evenkeel.Data.Tests.Loading;

public sealed class ReaderTeamTests
{
    /// <summary>Fails for some examples, at any time.</summary>
    private sealed class FailingDataset : IDataset
    {
        public string Name => "failing";

        public int Count => 100;

        public IReadOnlyList<int> Shape { get; } = [1];

        public int InputLength => 1;

        public int Classes => 1;

        public void Read(ReadOnlySpan<int> indices, Span<float> inputs, Span<int> labels)
        {
            foreach (int index in indices)
            {
                if (index >= 37)
                    throw new InvalidOperationException($"example {index}");
            }
        }
    }

    [Theory]
    [InlineData(2, 0)]
    [InlineData(3, 2)]
    [InlineData(7, 1)]
    public void The_first_failure_of_a_batch_surfaces_in_its_turn(int workers, int prefetch)
    {
        var options = new BatchLoaderOptions
        {
            BatchSize = 20,
            Shuffle = ShuffleMode.None,
            Workers = workers,
            Prefetch = prefetch,
        };
        using var loader = new BatchLoader(new FailingDataset(), options);
        loader.Next();
        for (int i = 0; i < 3; i++)
        {
            var e = Assert.Throws<InvalidOperationException>(() => loader.Next());
            Assert.Equal("example 37", e.Message);
            Assert.Equal(new LoaderPosition(0, 1), loader.Position);
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(9)]
    public void Every_example_is_read_once(int workers)
    {
        int reads = 0;
        var data = new ProbeDataset(50);
        var options = new BatchLoaderOptions
        {
            BatchSize = 7,
            Workers = workers,
            LastBatch = LastBatch.Keep,
        };
        using var loader = new BatchLoader(data, options);
        for (int i = 0; i < 8; i++)
        {
            Batch batch = loader.Next();
            for (int at = 0; at < batch.Count; at++, reads++)
                Assert.Equal(batch.Indices.Span[at], batch.Inputs.Span[2 * at]);
        }

        Assert.Equal(50, reads);
    }

    [Fact]
    public void Refuses_a_number_of_workers_that_makes_no_sense()
    {
        foreach (int workers in new[] { 0, -1, 65 })
        {
            Assert.Throws<ArgumentException>(() =>
                new BatchLoader(new ProbeDataset(9), new BatchLoaderOptions { BatchSize = 3, Workers = workers })
            );
        }
    }
}
