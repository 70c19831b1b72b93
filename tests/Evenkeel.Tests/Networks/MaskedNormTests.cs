using Evenkeel.Configuration;
using Evenkeel.Execution;
using Evenkeel.Graphs;
using Evenkeel.Layers;
using Evenkeel.Lowering;
using Evenkeel.Networks;
using Evenkeel.Tests.Reference;

namespace Evenkeel.Tests.Networks;

/// <summary>Batch normalisation that leaves padding out, alone and inside recurrent layers.</summary>
public sealed class MaskedNormTests
{
    private const int Steps = 4;
    private const int Batch = 12;

    // Steps with 12, 10, 8 and 1 sequences: float32 loses digits in the deviation of two or three.
    private static readonly int[] _lengths = [4, 3, 3, 2, 3, 3, 1, 3, 3, 2, 3, 1];

    public static TheoryData<string> Kinds => ["lstm", "gru", "rnn"];

    // A row beside nothing but padding: the mean and the deviation of the others, as a network of those alone has them.
    [Theory]
    [InlineData(1)]
    [InlineData(4)]
    [InlineData(9)]
    public void Statistics_and_gradients_are_those_of_the_other_rows_alone(int padding)
    {
        const int Rows = 5;
        using Model masked = Samples.Model(Plain(isMasked: true)),
            alone = Samples.Model(Plain(isMasked: false));
        float[] values = Samples.Floats(Rows * 3, 4);
        int[] labels = Samples.Labels(Rows, 4, 5);
        // Rows of padding lie between the others; they have a label too, whose loss the mask takes away.
        float[] inputs = new float[(Rows + padding) * 4];
        int[] all = new int[Rows + padding];
        for (int row = 0; row < Rows + padding; row++)
        {
            bool counts = row < 2 || row >= 2 + padding;
            int from = row < 2 ? row : row - padding;
            for (int c = 0; c < 3; c++)
                inputs[(row * 4) + c] = counts ? values[(from * 3) + c] : 50 + row;
            inputs[(row * 4) + 3] = counts ? 1 : 0;
            all[row] = counts ? labels[from] : 0;
        }

        using Executor few = Open(alone, Rows),
            many = Open(masked, Rows + padding);
        few.ForwardBackward(values, labels);
        many.ForwardBackward(inputs, all);
        few.Commit();
        many.Commit();
        foreach (string tensor in (string[])["running_mean", "running_var"])
            Equal(alone.Floats($"norm.{tensor}"), masked.Floats($"norm.{tensor}"), 1);
        // The mean loss counts more rows.
        foreach (string tensor in (string[])["a.weight", "norm.weight", "norm.bias"])
            Equal(Gradient(few, alone, tensor), Gradient(many, masked, tensor), (Rows + padding) / (float)Rows);
    }

    // The first hidden states are small and hardly differ, so that normalising them makes ten times as much of float32's rounding.
    [Theory]
    [MemberData(nameof(Kinds))]
    public void Gradients_are_those_of_finite_differences(string kind) =>
        GradientCheck.Run(Classifier(kind), Batch, inputs: Inputs(0.3f), tolerance: 10 * GradientCheck.Tolerance);

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Padding_does_not_matter_to_training(string kind)
    {
        float[] first = Trained(kind, Inputs(0)),
            second = Trained(kind, Inputs(40));
        Assert.Equal(first, second);
    }

    [Fact]
    public void It_is_read_and_written()
    {
        string text = GraphJson.ToText(Plain(isMasked: true));
        Assert.Contains("\"masked\":true", text, StringComparison.Ordinal);
        Assert.Equal(text, GraphJson.ToText(GraphJson.Parse(text, "written")));
    }

    [Fact]
    public void A_mask_of_another_shape_is_told()
    {
        var e = Assert.Throws<GraphException>(() =>
            GraphJson.Parse(
                """{"input": [3], "layers": [{"type": "batchnorm", "masked": true, "inputs": ["input", "input"]}]}""",
                "test"
            )
        );
        Assert.Contains(
            "with a mask it takes one number for each position, not [3] and [3]",
            e.Message,
            StringComparison.Ordinal
        );
    }

    // Three channels and a mask. What is padding goes into the classes as zeros, whose gradient reaches nothing before the mask.
    private static Graph Plain(bool isMasked)
    {
        if (!isMasked)
            return Network.Input(3).Linear(4, name: "a").Add(new BatchNorm(BatchNormConvention.Default), "norm");
        string json = """
            {"input": [4], "layers": [{"type": "split", "name": "parts", "sizes": [3, 1]},
            {"type": "linear", "name": "a", "units": 4, "inputs": ["parts"]},
            {"type": "batchnorm", "name": "norm", "masked": true, "inputs": ["a", "parts:1"]},
            {"type": "stretch", "name": "wide", "shape": [4], "inputs": ["parts:1"]},
            {"type": "multiply", "inputs": ["norm", "wide"]}]}
            """;
        return GraphJson.Parse(json, "test");
    }

    private static Graph Classifier(string kind)
    {
        var options = new RecurrentOptions
        {
            Sequence = false,
            Masked = true,
            BatchNorm = new RecurrentBatchNorm { StartNoise = 0 },
        };
        Network input = Network.Input(Steps, 4);
        return kind switch
        {
            "lstm" => input.Lstm(5, options).Linear(3),
            "gru" => input.Gru(5, options).Linear(3),
            _ => input.Rnn(5, options).Linear(3),
        };
    }

    private static float[] Inputs(float padding)
    {
        float[] inputs = Samples.Floats(Batch * Steps * 4, 9);
        for (int row = 0; row < Batch * Steps; row++)
        {
            bool has = row % Steps < _lengths[row / Steps];
            if (!has)
                inputs.AsSpan(row * 4, 3).Fill(padding);
            inputs[(row * 4) + 3] = has ? 1 : 0;
        }

        return inputs;
    }

    private static float[] Trained(string kind, float[] inputs)
    {
        using Model model = Samples.Model(Classifier(kind));
        using Executor executor = Open(model, Batch);
        executor.ForwardBackward(inputs, Samples.Labels(Batch, 3, 5));
        executor.Commit();
        return
        [
            .. executor.Gradients,
            .. model
                .Layout.Tensors.Where(t => t.Tensor.Spec is { Role: TensorRole.State, Type: ElementType.Float32 })
                .SelectMany(t => model.Floats(t.Tensor.Name).ToArray()),
        ];
    }

    private static Executor Open(Model model, int batch) =>
        new(model, new PlanOptions(PlanMode.Training, batch) { Loss = new SoftmaxCrossEntropy() }, Device.Cpu(1));

    private static float[] Gradient(Executor executor, Model model, string tensor)
    {
        TensorPlace place = model.Layout[tensor];
        return [.. executor.Gradients.Slice((int)(place.ByteOffset / sizeof(float)), place.Tensor.Spec.Count)];
    }

    // Float32 sums of a few products.
    private static void Equal(ReadOnlySpan<float> expected, ReadOnlySpan<float> found, float factor)
    {
        for (int i = 0; i < expected.Length; i++)
            Assert.Equal(expected[i], factor * found[i], 2e-6);
    }
}
