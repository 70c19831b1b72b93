using Evenkeel.Configuration;
using Evenkeel.Execution;
using Evenkeel.Lowering;
using Evenkeel.Networks;
using Evenkeel.Tests.Reference;

namespace Evenkeel.Tests.Networks;

/// <summary>Sequences of different length in one batch: each gives what it gives alone, without padding.</summary>
public sealed class MaskedSequenceTests
{
    private const int Steps = 5;
    private const int Channels = 3;
    private const int Units = 4;
    private const int Batch = 7;

    // Float32, and a state that is held is the old one plus 1 times the change: one rounding more for each step.
    private const double Tolerance = 2e-6;

    public static TheoryData<string, RecurrentDirection> Layers
    {
        get
        {
            var data = new TheoryData<string, RecurrentDirection>();
            foreach (string kind in (string[])["lstm", "gru", "rnn"])
            {
                foreach (RecurrentDirection direction in Enum.GetValues<RecurrentDirection>())
                    data.Add(kind, direction);
            }

            return data;
        }
    }

    [Theory]
    [MemberData(nameof(Layers))]
    public void The_last_states_are_those_without_padding(string kind, RecurrentDirection direction)
    {
        var options = new RecurrentOptions { Direction = direction, Sequence = false };
        int[] lengths = Lengths();
        float[] inputs = Inputs(lengths, padding: 0.7f);
        using Model masked = Samples.Model(Build(kind, Steps, options with { Masked = true }));
        float[] found = Predict(masked, inputs);
        for (int i = 0; i < Batch; i++)
        {
            using Model alone = Alone(masked, kind, lengths[i], options);
            float[] expected = Predict(alone, Values(inputs, i, lengths[i]));
            Close(expected, found.AsSpan(i * expected.Length, expected.Length));
        }
    }

    [Theory]
    [MemberData(nameof(Layers))]
    public void A_sequence_has_zeros_behind_its_end_and_its_mask(string kind, RecurrentDirection direction)
    {
        var options = new RecurrentOptions { Direction = direction };
        int[] lengths = Lengths();
        float[] inputs = Inputs(lengths, padding: 0.7f);
        using Model masked = Samples.Model(Build(kind, Steps, options with { Masked = true }));
        float[] found = Predict(masked, inputs);
        int width = masked.Graph.OutputShape.Channels;
        for (int i = 0; i < Batch; i++)
        {
            using Model alone = Alone(masked, kind, lengths[i], options);
            float[] expected = Predict(alone, Values(inputs, i, lengths[i]));
            for (int step = 0; step < Steps; step++)
            {
                Span<float> row = found.AsSpan(((i * Steps) + step) * width, width);
                Assert.Equal(step < lengths[i] ? 1 : 0, row[^1]);
                if (step < lengths[i])
                    Close(expected.AsSpan(step * (width - 1), width - 1), row[..^1]);
                else
                    Assert.All(row[..^1].ToArray(), v => Assert.Equal(0, v));
            }
        }
    }

    // A mask between 0 and 1 is as good as any for finite differences.
    [Theory]
    [MemberData(nameof(Layers))]
    public void Gradients_are_those_of_finite_differences(string kind, RecurrentDirection direction) =>
        GradientCheck.Run(
            Classifier(
                kind,
                Steps,
                new RecurrentOptions
                {
                    Direction = direction,
                    Sequence = false,
                    Masked = true,
                }
            ),
            Batch
        );

    // Of the mean loss: a sequence alone counts one of the batch.
    [Theory]
    [MemberData(nameof(Layers))]
    public void Gradients_are_the_mean_of_those_of_each_sequence_alone(string kind, RecurrentDirection direction)
    {
        var options = new RecurrentOptions { Direction = direction, Sequence = false };
        int[] lengths = Lengths();
        float[] inputs = Inputs(lengths, padding: 0.7f);
        int[] labels = Samples.Labels(Batch, 3, 5);
        using Model masked = Samples.Model(Classifier(kind, Steps, options with { Masked = true }));
        float[] found = Gradients(masked, inputs, labels);
        double[] expected = new double[found.Length];
        for (int i = 0; i < Batch; i++)
        {
            using var alone = Model.Create(Classifier(kind, lengths[i], options), 1, (n, v) => Copy(masked, n, v));
            float[] one = Gradients(alone, Values(inputs, i, lengths[i]), [labels[i]]);
            for (int p = 0; p < one.Length; p++)
                expected[p] += one[p] / (double)Batch;
        }

        for (int p = 0; p < found.Length; p++)
            Assert.Equal(expected[p], found[p], Tolerance);
    }

    [Fact]
    public void Layers_stand_on_each_other()
    {
        var options = new RecurrentOptions { Masked = true };
        int[] lengths = Lengths();
        float[] inputs = Inputs(lengths, padding: 0.7f);
        using Model masked = Samples.Model(
            Network.Input(Steps, Channels + 1).Lstm(Units, options).Gru(3, options with { Sequence = false })
        );
        float[] found = Predict(masked, inputs);
        for (int i = 0; i < Batch; i++)
        {
            Graph graph = Network
                .Input(lengths[i], Channels)
                .Lstm(Units)
                .Gru(3, new RecurrentOptions { Sequence = false });
            using var alone = Model.Create(graph, 1, (n, v) => Copy(masked, n, v));
            Close(Predict(alone, Values(inputs, i, lengths[i])), found.AsSpan(i * 3, 3));
        }
    }

    [Fact]
    public void Padding_does_not_matter()
    {
        int[] lengths = Lengths();
        using Model masked = Samples.Model(
            Build("lstm", Steps, new RecurrentOptions { Direction = RecurrentDirection.Both, Masked = true })
        );
        Assert.Equal(Predict(masked, Inputs(lengths, padding: 0)), Predict(masked, Inputs(lengths, padding: 1e3f)));
    }

    [Fact]
    public void It_is_read()
    {
        Graph read = GraphJson.Parse(
            """{"input": [5, 4], "layers": [{"type": "gru", "units": 4, "masked": true, "sequence": false}]}""",
            "test"
        );
        var options = new RecurrentOptions { Masked = true, Sequence = false };
        Assert.Equal(GraphJson.ToText(Build("gru", Steps, options)), GraphJson.ToText(read));
    }

    [Fact]
    public void What_does_not_go_is_told()
    {
        var options = new RecurrentOptions { Masked = true };
        var e = Assert.Throws<GraphException>(() => Network.Input(5, 1).Lstm(2, options));
        Assert.Contains(
            "'lstm1' takes [steps, channels] with a mask as the last channel",
            e.Message,
            StringComparison.Ordinal
        );
    }

    private static Graph Classifier(string kind, int steps, RecurrentOptions options) =>
        Layer(kind, steps, options).Linear(3);

    private static Graph Build(string kind, int steps, RecurrentOptions options) => Layer(kind, steps, options);

    private static Network Layer(string kind, int steps, RecurrentOptions options)
    {
        Network input = Network.Input(steps, options.Masked ? Channels + 1 : Channels);
        return kind switch
        {
            "lstm" => input.Lstm(Units, options),
            "gru" => input.Gru(Units, options),
            _ => input.Rnn(Units, options),
        };
    }

    private static Model Alone(Model masked, string kind, int steps, RecurrentOptions options) =>
        Model.Create(Build(kind, steps, options), 1, (name, values) => Copy(masked, name, values));

    private static bool Copy(Model from, string name, Span<float> values)
    {
        from.Floats(name).CopyTo(values);
        return true;
    }

    private static int[] Lengths() => [5, 1, 3, 2, 5, 4, 1];

    private static float[] Inputs(int[] lengths, float padding)
    {
        float[] values = Samples.Floats(Batch * Steps * Channels, 9);
        float[] inputs = new float[Batch * Steps * (Channels + 1)];
        for (int row = 0; row < Batch * Steps; row++)
        {
            bool has = row % Steps < lengths[row / Steps];
            for (int c = 0; c < Channels; c++)
                inputs[(row * (Channels + 1)) + c] = has ? values[(row * Channels) + c] : padding;
            inputs[(row * (Channels + 1)) + Channels] = has ? 1 : 0;
        }

        return inputs;
    }

    // The steps that a sequence has, without the mask.
    private static float[] Values(float[] inputs, int example, int length) =>
        [
            .. Enumerable
                .Range(example * Steps, length)
                .SelectMany(row => inputs.AsSpan(row * (Channels + 1), Channels).ToArray()),
        ];

    private static float[] Predict(Model model, float[] inputs)
    {
        using var predictor = new Predictor(model, threads: 1);
        return predictor.Predict(inputs);
    }

    private static float[] Gradients(Model model, float[] inputs, int[] labels)
    {
        using var device = Device.Cpu(1);
        var options = new PlanOptions(PlanMode.Training, labels.Length) { Loss = new SoftmaxCrossEntropy() };
        using var executor = new Executor(model, options, device);
        executor.ForwardBackward(inputs, labels);
        return executor.Gradients.ToArray();
    }

    private static void Close(ReadOnlySpan<float> expected, ReadOnlySpan<float> found)
    {
        Assert.Equal(expected.Length, found.Length);
        for (int i = 0; i < expected.Length; i++)
            Assert.Equal(expected[i], found[i], Tolerance);
    }
}
