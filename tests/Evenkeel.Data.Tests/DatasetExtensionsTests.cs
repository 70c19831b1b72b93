using Evenkeel.Testing;

namespace Evenkeel.Data.Tests;

public sealed class DatasetExtensionsTests
{
    private static ArrayDataset Numbers(int count) =>
        new("numbers", [.. Enumerable.Range(0, count).Select(i => (float)i)], new int[count], [1], 1);

    [Fact]
    public void A_slice_reads_the_examples_that_it_covers()
    {
        // More indices than one part that a view shifts at a time.
        IDataset slice = Numbers(2_000).Slice(1_000, 700);
        int[] indices = [.. Enumerable.Range(0, 700).Reverse()];
        float[] inputs = new float[700];
        slice.Read(indices, inputs, new int[700]);
        Assert.Equal(indices.Select(i => i + 1_000f), inputs);
        Assert.Equal(700, slice.Count);
        Assert.Equal("numbers [1000..1700)", slice.Name);
    }

    [Theory]
    [InlineData(-1)]
    [InlineData(5)]
    public void A_slice_does_not_reach_beyond_its_end(int index)
    {
        IDataset slice = Numbers(20).Slice(10, 5);
        Assert.Throws<ArgumentOutOfRangeException>(() => slice.Read([index], new float[1], new int[1]));
    }

    [Theory]
    [InlineData(-1, 5)]
    [InlineData(0, 21)]
    [InlineData(20, 1)]
    [InlineData(1, int.MaxValue)]
    [InlineData(0, -1)]
    public void A_slice_must_lie_within_the_data(int first, int count) =>
        Assert.Throws<ArgumentOutOfRangeException>(() => Numbers(20).Slice(first, count));

    [Fact]
    public void Slices_of_slices_add_up()
    {
        float[] inputs = new float[2];
        Numbers(20).Slice(10, 8).Slice(3, 4).Take(2).Read([0, 1], inputs, new int[2]);
        Assert.Equal([13f, 14f], inputs);
    }

    [Fact]
    public void Holding_out_parts_the_last_examples_off()
    {
        DatasetSplit split = Numbers(20).HoldOut(5);
        float[] first = new float[1];
        split.Test.Read([0], first, new int[1]);
        Assert.Equal((15, 5, 15f), (split.Train.Count, split.Test.Count, first[0]));
    }

    [Fact]
    public void Reading_a_slice_allocates_nothing()
    {
        IDataset slice = Numbers(20).Slice(10, 5);
        float[] inputs = new float[2];
        int[] labels = new int[2];
        int[] indices = [4, 0];
        slice.Read(indices, inputs, labels);
        Assert.Equal(0, Allocations.Least(() => slice.Read(indices, inputs, labels), calls: 100));
    }
}
