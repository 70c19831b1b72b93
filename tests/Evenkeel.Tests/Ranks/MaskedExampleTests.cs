using Evenkeel.Normalization;
using Evenkeel.Testing;
using Evenkeel.Training;

namespace Evenkeel.Tests.Ranks;

/// <summary>Examples without a label take part in nothing: a batch with them is the batch without them, to the last bit.</summary>
public sealed class MaskedExampleTests
{
    private const int Count = 23;

    public static TheoryData<string, int, int> Shares =>
        [
            .. from network in SlicedNetworks.All.Keys
            from share in ((int Slices, int Ranks)[])[(1, 1), (8, 1), (8, 2), (8, 4)]
            select (network, share.Slices, share.Ranks),
        ];

    [Theory]
    [MemberData(nameof(Shares))]
    public void A_batch_with_masked_examples_is_the_batch_without_them(string network, int slices, int ranks)
    {
        (float[] inputs, int[] labels) = SlicedTraining.Batch(SlicedNetworks.All[network](), Count);
        (float[] padded, int[] masked) = Pad(inputs, labels);
        var plain = new StepResult[2];
        float[] expected = Run(
            network,
            slices,
            ranks,
            trainer =>
            {
                for (int i = 0; i < plain.Length; i++)
                    plain[i] = trainer.Step(inputs, labels);
            }
        );
        float[] found = Run(
            network,
            slices,
            ranks,
            trainer =>
            {
                foreach (StepResult step in plain)
                    Assert.Equal(step, trainer.Step(padded, masked));
            }
        );
        Assert.Equal(Count, plain[0].Examples);
        Assert.Equal(expected, found);
    }

    [Theory]
    [InlineData(1, 1)]
    [InlineData(4, 2)]
    public void A_batch_of_masked_examples_alone_changes_nothing(int slices, int ranks)
    {
        float[] before = Run("dense", slices, ranks, _ => { });
        float[] after = Run(
            "dense",
            slices,
            ranks,
            trainer =>
            {
                (float[] inputs, int[] labels) = SlicedTraining.Batch(trainer.Model.Graph, 6);
                Array.Fill(labels, BatchTrainer.NoLabel);
                StepResult step = trainer.Step(inputs, labels);
                Assert.Equal((1, 0, 0, false), (step.Step, step.Loss, step.Examples, step.Applied));
                Assert.Equal((1, 0, 0), (trainer.StepsDone, trainer.Updates, trainer.SkippedBatches));
            }
        );
        Assert.Equal(before, after);
    }

    [Fact]
    public void One_example_that_counts_is_a_batch_of_one()
    {
        using Model model = Model.Create(SlicedNetworks.All["dense"](), 1);
        using BatchTrainer trainer = Trainer(model);
        (float[] inputs, _) = SlicedTraining.Batch(model.Graph, 3);
        Assert.Throws<SingleValuePerChannelException>(() => trainer.Step(inputs, [-1, 2, -1]));
    }

    [Fact]
    public void A_value_that_is_no_number_is_named_by_its_place_in_the_batch()
    {
        using Model model = Model.Create(SlicedNetworks.All["dense"](), 1);
        using BatchTrainer trainer = Trainer(model);
        (float[] inputs, int[] labels) = SlicedTraining.Batch(model.Graph, 6);
        labels[0] = labels[2] = BatchTrainer.NoLabel;
        inputs[(4 * 7) + 5] = float.NaN;
        var error = Assert.Throws<NonFiniteLossException>(() => trainer.Step(inputs, labels));
        Assert.Contains("value 5 of example 4 of the batch is NaN", error.Message);
    }

    [Theory]
    [InlineData(-100)]
    [InlineData(4)]
    public void Other_labels_out_of_range_are_refused(int label)
    {
        using Model model = Model.Create(SlicedNetworks.All["dense"](), 1);
        using BatchTrainer trainer = Trainer(model);
        (float[] inputs, int[] labels) = SlicedTraining.Batch(model.Graph, 5);
        float[] before = SlicedTraining.Everything(model);
        (labels[1], labels[3]) = (BatchTrainer.NoLabel, label);
        var error = Assert.Throws<ArgumentException>(() => trainer.Step(inputs, labels));
        Assert.Contains($"Example 3 of the batch has the label {label}", error.Message);
        Assert.Contains("0 to 3, or -1 for an example to ignore", error.Message);
        Assert.Equal(before, SlicedTraining.Everything(model));
        Assert.Equal(0, trainer.StepsDone);
    }

    [Fact]
    public void An_example_none_of_whose_positions_has_a_label_does_not_count()
    {
        Graph graph = Network.Input(2, 2, 3).Conv2d(5, 1, bias: false).BatchNorm().Relu().Conv2d(4, 1).Build();
        int[] labels = [.. Enumerable.Range(0, 12).Select(i => i % 4)];
        (float[] inputs, _) = SlicedTraining.Batch(graph, 3);
        using Model alone = Model.Create(graph, 1);
        using BatchTrainer plain = Trainer(alone);
        plain.Step([.. inputs[..12], .. inputs[24..]], [.. labels[..4], .. labels[8..]]);
        using Model padded = Model.Create(graph, 1);
        using BatchTrainer masked = Trainer(padded);
        labels.AsSpan(4, 4).Fill(BatchTrainer.NoLabel);
        Assert.Equal(2, masked.Step(inputs, labels).Examples);
        Assert.Equal(SlicedTraining.Everything(alone), SlicedTraining.Everything(padded));
        labels[5] = 0;
        Assert.Equal(3, masked.Step(inputs, labels).Examples);
    }

    [Fact]
    public void A_step_allocates_nothing()
    {
        using Model model = Model.Create(SlicedNetworks.All["residual"](), 1);
        using BatchTrainer trainer = Trainer(model);
        (float[] inputs, int[] labels) = SlicedTraining.Batch(model.Graph, 24);
        labels[3] = labels[^1] = BatchTrainer.NoLabel;
        Assert.Equal(0, Allocations.Least(() => trainer.Step(inputs, labels)));
    }

    // Masked examples at the start, within, and at the end; their values would spoil everything that they take part in.
    private static (float[] Inputs, int[] Labels) Pad(float[] inputs, int[] labels)
    {
        int length = inputs.Length / labels.Length;
        float[] none = [.. Enumerable.Repeat(float.NaN, 2 * length)];
        int[] unlabelled = [BatchTrainer.NoLabel, BatchTrainer.NoLabel];
        return (
            [.. none, .. inputs[..(5 * length)], .. none, .. inputs[(5 * length)..], .. none],
            [.. unlabelled, .. labels[..5], .. unlabelled, .. labels[5..], .. unlabelled]
        );
    }

    private static float[] Run(string network, int slices, int ranks, Action<BatchTrainer> body) =>
        SlicedTraining.Run(network, ranks, SlicedTraining.Options(slices, threads: 1), body);

    private static BatchTrainer Trainer(Model model) => new(model, 24, SlicedTraining.Options(1, threads: 1));
}
