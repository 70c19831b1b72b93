using Evenkeel.Testing;

namespace Evenkeel.Data.Tests;

public sealed class InMemoryDatasetTests
{
    private static InMemoryDataset Small(PixelEncoding? encoding = null) =>
        new("small", [0, 255, 127, 128, 51, 204], [2, 0, 1], [2], 3, encoding ?? PixelEncoding.UnitScale);

    [Fact]
    public void Reads_examples_in_the_order_asked_for()
    {
        float[] inputs = new float[8];
        int[] labels = new int[4];
        Small().Read([2, 0, 2, 1], inputs, labels);
        Assert.Equal([1, 2, 1, 0], labels);
        Assert.Equal([0.2f, 0.8f, 0f, 1f, 0.2f, 0.8f, 127 / 255f, 128 / 255f], inputs);
    }

    [Fact]
    public void Another_encoding_shares_the_bytes()
    {
        float[] inputs = new float[2];
        int[] labels = new int[1];
        InMemoryDataset binary = Small().WithEncoding(PixelEncoding.Binary);
        binary.Read([1], inputs, labels);
        Assert.Equal([0f, 1f], inputs);
        Assert.True(Small().Pixels(1).SequenceEqual(binary.Pixels(1)));
    }

    [Fact]
    public void Another_shape_must_have_as_many_values()
    {
        Assert.Equal([1, 2, 1], Small().WithShape(1, 2, 1).Shape);
        var e = Assert.Throws<ArgumentException>(() => Small().WithShape(3));
        Assert.Contains("2 values", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Measures_mean_and_deviation_of_the_pixels()
    {
        double[] pixels = [.. new[] { 0, 255, 127, 128, 51, 204 }.Select(p => p / 255.0)];
        double mean = pixels.Average();
        (double measuredMean, double deviation) = Small().MeasurePixels();

        // Exact integer sums against sums of rounded fractions: a few units in the last place.
        Assert.Equal(mean, measuredMean, 1e-15);
        Assert.Equal(Math.Sqrt(pixels.Average(p => (p - mean) * (p - mean))), deviation, 1e-14);
    }

    [Fact]
    public void Names_a_label_out_of_range()
    {
        var e = Assert.Throws<ArgumentException>(() =>
            new InMemoryDataset("odd", [1, 2], [0, 3], [1], 3, PixelEncoding.Binary)
        );
        Assert.Contains("odd: the label of example 1 is 3, outside 0 to 2", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Names_lengths_that_do_not_fit()
    {
        var e = Assert.Throws<ArgumentException>(() =>
            new InMemoryDataset("odd", [1, 2, 3], [0], [2], 3, PixelEncoding.Binary)
        );
        Assert.Contains("need 2 pixels, but there are 3", e.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(-1)]
    [InlineData(3)]
    public void Names_an_index_that_does_not_exist(int index)
    {
        var e = Assert.Throws<ArgumentOutOfRangeException>(() => Small().Read([index], new float[2], new int[1]));
        Assert.Contains($"example {index} does not exist", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Refuses_spans_of_another_length()
    {
        Assert.Throws<ArgumentException>(() => Small().Read([0], new float[3], new int[1]));
        Assert.Throws<ArgumentException>(() => Small().Read([0], new float[2], new int[2]));
    }

    [Theory]
    [InlineData(new int[0])]
    [InlineData(new[] { 2, 0 })]
    [InlineData(new[] { -2, -1 })]
    [InlineData(new[] { 1 << 20, 1 << 20 })]
    public void Refuses_a_shape_without_values_or_with_too_many(int[] shape) =>
        Assert.Throws<ArgumentException>(() => new InMemoryDataset("odd", [], [], shape, 3, PixelEncoding.Binary));

    [Fact]
    public void Reading_allocates_nothing()
    {
        InMemoryDataset data = Small();
        float[] inputs = new float[4];
        int[] labels = new int[2];
        int[] indices = [0, 2];
        data.Read(indices, inputs, labels);
        Assert.Equal(0, Allocations.Least(() => data.Read(indices, inputs, labels), calls: 100));
    }
}
