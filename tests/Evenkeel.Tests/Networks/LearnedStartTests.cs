using Evenkeel.Configuration;
using Evenkeel.Layers;
using Evenkeel.Networks;
using Evenkeel.Tests.Reference;
using Evenkeel.Training;

namespace Evenkeel.Tests.Networks;

/// <summary>States in front of the first step that are learned, one for all examples.</summary>
public sealed class LearnedStartTests
{
    public static TheoryData<string, bool, RecurrentDirection> Layers =>
        [
            .. from kind in (string[])["lstm", "gru", "rnn"]
            from masked in (bool[])[false, true]
            from direction in (RecurrentDirection[])[RecurrentDirection.Backward, RecurrentDirection.Both]
            select (kind, masked, direction),
        ];

    // A mask between 0 and 1 is as good as any for finite differences.
    [Theory]
    [MemberData(nameof(Layers))]
    public void Gradients_are_those_of_finite_differences(string kind, bool masked, RecurrentDirection direction)
    {
        var options = new RecurrentOptions
        {
            TrainStart = true,
            Masked = masked,
            Direction = direction,
            Sequence = false,
        };
        Network input = Network.Input(3, 4);
        Graph graph = kind switch
        {
            "lstm" => input.Lstm(4, options).Linear(3),
            "gru" => input.Gru(4, options).Linear(3),
            _ => input.Rnn(4, options).Linear(3),
        };
        GradientCheck.Run(graph);
        string[] starts =
        [
            .. graph.Tensors().Select(t => t.Name).Where(n => n.Contains("start", StringComparison.Ordinal)),
        ];
        Assert.Equal((kind == "lstm" ? 2 : 1) * (direction == RecurrentDirection.Both ? 2 : 1), starts.Length);
    }

    [Theory]
    [InlineData(RecurrentDirection.Forward, 0)]
    [InlineData(RecurrentDirection.Backward, 1)]
    public void The_first_step_reads_them(RecurrentDirection direction, int first)
    {
        using Model model = Samples.Model(Network.Input(2, 3).Rnn(4, Learned with { Direction = direction }));
        float[] start = [0.5f, -1, 2, 0.25f],
            inputs = Samples.Floats(6, 4);
        start.CopyTo(model.Floats("rnn1.start.value"));
        using var predictor = new Predictor(model, threads: 1);
        float[] found = predictor.Predict(inputs)[(first * 4)..];
        ReadOnlySpan<float> w = model.Floats("rnn1.input.weight"),
            u = model.Floats("rnn1.hidden.weight"),
            b = model.Floats("rnn1.input.bias");
        for (int unit = 0; unit < 4; unit++)
        {
            double sum = b[unit];
            for (int c = 0; c < 3; c++)
                sum += (double)inputs[(first * 3) + c] * w[(c * 4) + unit];
            for (int c = 0; c < 4; c++)
                sum += (double)start[c] * u[(c * 4) + unit];
            // Of seven products in float32.
            Assert.Equal(Math.Tanh(sum), found[unit], 1e-6);
        }
    }

    [Fact]
    public void Training_moves_them_files_keep_them_and_they_are_counted()
    {
        Graph graph = Network.Input(2, 3).Gru(4, Learned with { Sequence = false }).Linear(3).Build();
        using Model model = Model.Create(graph, 1);
        Assert.All(model.Floats("gru1.start.value").ToArray(), v => Assert.Equal(0, v));
        using (var trainer = new BatchTrainer(model, 4, new TrainingOptions { Threads = 1 }))
            trainer.Step(Samples.Floats(24, 3), [0, 1, 2, 0]);
        float[] learned = model.Floats("gru1.start.value").ToArray();
        Assert.All(learned, v => Assert.NotEqual(0, v));
        string file = Path.Combine(Path.GetTempPath(), $"{Guid.NewGuid():n}.safetensors");
        try
        {
            model.Save(file);
            using Model read = Model.Load(file);
            Assert.Equal(learned, read.Floats("gru1.start.value").ToArray());
            Assert.True(((ConstantValue)read.Graph["gru1.start"].Layer).Trainable);
        }
        finally
        {
            File.Delete(file);
        }

        using Model frozen = Model.Create(Network.Input(2, 3).Gru(4).Build(), 1);
        using Model alone = Model.Create(Network.Input(2, 3).Gru(4, Learned).Build(), 1);
        // Three gates of 3 + 4 weights and two biases, and a start.
        Assert.Equal((3 * 4 * 9) + 4, alone.TrainableCount);
        Assert.Equal(3 * 4 * 9, frozen.TrainableCount);
        Assert.Equal(alone.ParameterCount, frozen.ParameterCount);
    }

    [Fact]
    public void It_is_read()
    {
        Graph read = GraphJson.Parse(
            """{"input": [2, 3], "layers": [{"type": "gru", "units": 4, "trainStart": true}]}""",
            "test"
        );
        Assert.Equal(GraphJson.ToText(Network.Input(2, 3).Gru(4, Learned)), GraphJson.ToText(read));
    }

    private static RecurrentOptions Learned { get; } = new() { TrainStart = true };
}
