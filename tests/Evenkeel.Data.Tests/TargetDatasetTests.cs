using Evenkeel.Data.Loading;

namespace Evenkeel.Data.Tests;

public sealed class TargetDatasetTests
{
    [Fact]
    public void Targets_are_read_beside_their_inputs()
    {
        ITargetDataset data = Data();
        float[] inputs = new float[4],
            targets = new float[6];
        data.Read([3, 1], 0, inputs, targets);
        Assert.Equal([6f, 7f, 2f, 3f], inputs);
        Assert.Equal([9f, 10f, 11f, 3f, 4f, 5f], targets);
        Assert.Equal((0, 3), (data.Classes, data.TargetLength));
    }

    [Fact]
    public void Parts_keep_their_targets()
    {
        DatasetSplit split = Data().HoldOut(2);
        var test = Assert.IsType<ITargetDataset>(split.Test, exactMatch: false);
        float[] inputs = new float[2],
            targets = new float[3];
        test.Read([1], 0, inputs, targets);
        Assert.Equal([6f, 7f], inputs);
        Assert.Equal([9f, 10f, 11f], targets);
        Assert.Throws<ArgumentOutOfRangeException>(() => test.Read([2], 0, inputs, targets));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public void A_loader_gives_them_in_the_same_order(int workers)
    {
        using var loader = new BatchLoader(Data(), new BatchLoaderOptions { BatchSize = 4, Workers = workers });
        for (int i = 0; i < 5; i++)
        {
            Batch batch = loader.Next();
            Assert.Equal(12, batch.Targets.Length);
            for (int row = 0; row < 4; row++)
            {
                int example = batch.Indices.Span[row];
                Assert.Equal(2 * example, batch.Inputs.Span[2 * row]);
                Assert.Equal(3 * example, batch.Targets.Span[3 * row]);
            }
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public void The_targets_of_an_autoencoder_are_its_inputs(int workers)
    {
        var labelled = new ArrayDataset("made up", [1f, 2f, 3f, 4f, 5f, 6f], [2, 1, 0], [2], 3);
        IDataset data = labelled.AsAutoencoder().Take(2);
        Assert.Equal(0, data.Classes);
        using var loader = new BatchLoader(data, new BatchLoaderOptions { BatchSize = 2, Workers = workers });
        Batch batch = loader.Next();
        Assert.True(batch.Inputs.Span == batch.Targets.Span);
        Assert.Equal([1f, 2f, 3f, 4f], batch.Targets.ToArray().Order());
        float[] inputs = new float[2],
            targets = new float[2];
        Assert.IsType<ITargetDataset>(data, exactMatch: false).Read([1], 0, inputs, targets);
        Assert.Equal([3f, 4f], targets);
    }

    [Fact]
    public void What_does_not_fit_is_refused()
    {
        Says(
            "need 3 targets, but there are 2",
            () => ArrayDataset.WithTargets("d", new float[6], [2], new float[2], [1])
        );
        Says(
            "target 1 of example 0 is NaN",
            () => ArrayDataset.WithTargets("d", new float[6], [2], [0, float.NaN, 0, 0, 0, 0], [2])
        );
        Says("need 4 inputs and 6 targets", () => Data().Read([0, 1], 0, new float[4], new float[5]));

        static void Says(string message, Action action) =>
            Assert.Contains(message, Assert.Throws<ArgumentException>(action).Message, StringComparison.Ordinal);
    }

    // Value i of all inputs is i, and so is value i of all targets.
    private static ITargetDataset Data() =>
        ArrayDataset.WithTargets(
            "made up",
            [.. Enumerable.Range(0, 8).Select(i => (float)i)],
            [2],
            [.. Enumerable.Range(0, 12).Select(i => (float)i)],
            [3]
        );
}
