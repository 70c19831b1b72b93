using Evenkeel.Data.Loading;
using Evenkeel.Data.Sampling;

namespace Evenkeel.Data.Tests;

public sealed class ArrayDatasetTests
{
    [Fact]
    public void Reads_examples_in_the_order_asked_for()
    {
        var data = new ArrayDataset("mine", [1, 2, 3, 4, 5, 6], [0, 1, 1], [2], 2);
        float[] inputs = new float[4];
        int[] labels = new int[2];
        data.Read([2, 0], inputs, labels);
        Assert.Equal([5f, 6f, 1f, 2f], inputs);
        Assert.Equal([1, 0], labels);
        Assert.Equal(3, data.Count);
    }

    [Fact]
    public void All_inputs_are_those_of_the_examples_in_their_order()
    {
        ArrayDataset data = ArrayDataset.WithLabels("mine", [1, 2, 3, 4, 5, 6], [2], [0, 1, 1, 0, 0, 1], 2);
        Assert.Equal([1f, 2f, 3f, 4f, 5f, 6f], data.Inputs());
        Assert.Equal([5f, 6f, 1f, 2f], data.Pick([2, 0]).Inputs());
    }

    [Theory]
    [InlineData(float.NaN)]
    [InlineData(float.PositiveInfinity)]
    [InlineData(float.NegativeInfinity)]
    public void Refuses_values_that_are_not_finite_unless_told_otherwise(float value)
    {
        float[] inputs = [1, 2, 3, value, 5, 6];
        var e = Assert.Throws<ArgumentException>(() => new ArrayDataset("mine", inputs, [0, 1, 1], [2], 2));
        Assert.Contains("mine: value 1 of example 1 is", e.Message, StringComparison.Ordinal);
        var allowed = new ArrayDataset("mine", inputs, [0, 1, 1], [2], 2, NonFiniteInputs.Allow);
        float[] read = new float[2];
        allowed.Read([1], read, new int[1]);
        Assert.Equal(value, read[1]);
    }

    [Theory]
    [InlineData(2)]
    [InlineData(-1)]
    public void Names_a_label_out_of_range(int label)
    {
        var e = Assert.Throws<ArgumentException>(() => new ArrayDataset("mine", [1, 2, 3], [0, 1, label], [1], 2));
        Assert.Contains($"the label of example 2 is {label}, outside 0 to 1", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Names_lengths_that_do_not_fit()
    {
        var e = Assert.Throws<ArgumentException>(() => new ArrayDataset("mine", [1, 2, 3], [0, 1], [2], 2));
        Assert.Contains("need 4 inputs, but there are 3", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Gives_a_label_for_each_position_and_its_parts_do_too()
    {
        int[] given = [0, 1, -1, 1, -1, -1, 2, 2, 0];
        ArrayDataset data = ArrayDataset.WithLabels("steps", [1, 2, 3], [1], given, 3);
        Assert.Equal((3, 3, 3), (data.Count, data.LabelLength, data.Classes));
        Assert.Equal([2, 2, 0], data.Labels(2));
        IDataset picked = data.Pick([2, 0]);
        int[] labels = new int[6];
        picked.Read([1, 0], new float[2], labels);
        Assert.Equal([0, 1, -1, 2, 2, 0], labels);
        float[] inputs = new float[3];
        data.AsAutoencoder().Read([2, 1, 0], 0, inputs, new float[3]);
        Assert.Equal([3f, 2f, 1f], inputs);
        using var loader = new BatchLoader(data, new BatchLoaderOptions { BatchSize = 3, Shuffle = ShuffleMode.None });
        Assert.Equal(given, loader.Next().Labels.ToArray());
        var e = Assert.Throws<ArgumentException>(() => data.Label(0));
        Assert.Contains("steps: examples have 3 labels", e.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(2, "label 1 of example 1 is 2, outside 0 to 1; -1 is none")]
    [InlineData(-2, "label 1 of example 1 is -2, outside 0 to 1; -1 is none")]
    [InlineData(-1, "example 1 has no label at all; leave it out")]
    public void Names_a_label_of_a_position_that_is_none(int label, string message)
    {
        var e = Assert.Throws<ArgumentException>(() =>
            ArrayDataset.WithLabels("steps", [1, 2], [1], [0, 1, -1, label], 2)
        );
        Assert.Contains(message, e.Message, StringComparison.Ordinal);
        e = Assert.Throws<ArgumentException>(() => ArrayDataset.WithLabels("steps", [1, 2], [1], [0, 1, 0], 2));
        Assert.Contains("3 labels are not as many for each of 2 examples", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Takes_examples_without_labels()
    {
        var data = new ArrayDataset("mine", [1, 2, 3, 4, 5, 6], [2]);
        Assert.Equal(3, data.Count);
        Assert.Equal(0, data.Classes);
        float[] inputs = new float[2];
        data.Read([1], inputs, new int[1]);
        Assert.Equal([3f, 4f], inputs);
        var e = Assert.Throws<ArgumentException>(() => new ArrayDataset("mine", [1, 2, 3], [2]));
        Assert.Contains("3 values are not a whole number of examples of 2", e.Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => new ArrayDataset("mine", [1, float.NaN], [2]));
    }

    [Fact]
    public void Names_an_index_that_does_not_exist()
    {
        var data = new ArrayDataset("mine", [1], [0], [1], 1);
        Assert.Throws<ArgumentOutOfRangeException>(() => data.Read([1], new float[1], new int[1]));
    }
}
