using Evenkeel.Configuration;
using Evenkeel.Data.Sampling;
using Evenkeel.Layers;
using Evenkeel.Networks;
using Evenkeel.Training;

namespace Evenkeel.Tests.Networks;

/// <summary>Steps that infer with the running statistics of an earlier one.</summary>
public sealed class OwnStepsTests
{
    private const int Steps = 6;
    private const int Own = 3;
    private static readonly string[] _norms = ["input_norm", "hidden_norm", "cell_norm"];

    [Fact]
    public void Training_is_that_of_a_network_whose_steps_have_all_their_own()
    {
        (Model all, Model few) = Trained();
        using (all)
        using (few)
        {
            Assert.Equal(Learned(all), Learned(few));
            foreach (string norm in _norms)
            {
                for (int step = 0; step < Own; step++)
                    Assert.Equal(Statistics(all, norm, step), Statistics(few, norm, step));
                Assert.DoesNotContain(few.Layout.Tensors, t => t.Tensor.Name == $"{Name(norm, Own)}.running_mean");
            }
        }
    }

    [Fact]
    public void Steps_beyond_infer_with_the_last_step_of_its_own()
    {
        (Model all, Model few) = Trained();
        using (all)
        using (few)
        {
            using Predictor predictor = new(few);
            float[] inputs = Values(5 * Steps * 4, 3),
                found = predictor.Predict(inputs);
            using (Predictor before = new(all))
                Assert.NotEqual(before.Predict(inputs), found);
            Overwrite(all);
            using Predictor expected = new(all);
            Assert.Equal(expected.Predict(inputs), found);
        }
    }

    [Theory]
    [InlineData(RecalibrationOrder.OnePass)]
    [InlineData(RecalibrationOrder.LayerByLayer)]
    public void Recalibration_measures_the_steps_of_their_own(RecalibrationOrder order)
    {
        (Model all, Model few) = Trained();
        using (all)
        using (few)
        {
            var options = new RecalibrationOptions { Order = order, BatchSize = 12 };
            all.Recalibrate(Data(), options);
            IReadOnlyList<RecalibratedLayer> report = few.Recalibrate(Data(), options);
            Assert.Equal(_norms.Length * Own, report.Count);
            foreach (string norm in _norms)
            {
                for (int step = 0; step < Own; step++)
                    Assert.Equal(Statistics(all, norm, step), Statistics(few, norm, step));
            }
        }
    }

    [Fact]
    public void One_step_of_its_own_gives_all_the_statistics_of_the_first()
    {
        Graph graph = Build(1);
        Assert.All(
            graph.Nodes.Where(n => n.Layer is BatchNorm && n.Name.Contains(".1", StringComparison.Ordinal)),
            n => Assert.Equal(n.ParametersOf, n.StatisticsOf)
        );
        Assert.Equal(_norms.Length, graph.Nodes.Count(n => n is { Layer: BatchNorm, StatisticsOf: null }));
    }

    [Fact]
    public void It_is_read_and_written()
    {
        Graph read = GraphJson.Parse(
            """
            {"input": [6, 4], "layers": [{"type": "lstm", "units": 5, "sequence": false, "batchNorm": {"ownSteps": 3, "startNoise": 0}},
            {"type": "linear", "units": 3}]}
            """,
            "test"
        );
        string text = GraphJson.ToText(Build(Own));
        Assert.Equal(text, GraphJson.ToText(read));
        Assert.Equal(text, GraphJson.ToText(GraphJson.Parse(text, "written")));
    }

    [Theory]
    [InlineData("c", "uses the statistics of 'c', which is no layer before it with statistics of its own")]
    [InlineData("b", "uses the statistics of 'b', which is no layer before it with statistics of its own")]
    [InlineData(
        "a",
        "keeps running_mean [3], running_var [3], num_batches_tracked [1], which 'a', whose statistics it uses"
    )]
    public void Statistics_that_do_not_fit_are_told(string owner, string told)
    {
        string json = $$"""
            {"input": [3], "layers": [{"type": "linear", "name": "a", "units": 3}, {"type": "batchnorm", "name": "b0"},
            {"type": "batchnorm", "name": "b", "statisticsOf": "b0"}, {"type": "batchnorm", "statisticsOf": "{{owner}}"}]}
            """;
        Assert.Contains(
            told,
            Assert.Throws<GraphException>(() => GraphJson.Parse(json, "test")).Message,
            StringComparison.Ordinal
        );
    }

    private static (Model All, Model Few) Trained()
    {
        var options = new TrainingOptions
        {
            BatchSize = 12,
            Steps = 9,
            Shuffle = ShuffleMode.None,
            Threads = 1,
        };
        Model all = Model.Create(Build(null), seed: 1),
            few = Model.Create(Build(Own), seed: 1);
        all.Train(Data(), options);
        few.Train(Data(), options);
        return (all, few);
    }

    private static Graph Build(int? own) =>
        Network
            .Input(Steps, 4)
            .Lstm(
                5,
                new RecurrentOptions
                {
                    Sequence = false,
                    BatchNorm = new RecurrentBatchNorm { OwnSteps = own, StartNoise = 0 },
                }
            )
            .Linear(3);

    private static ArrayDataset Data() =>
        new("drawn", Values(48 * Steps * 4, 1), [.. Enumerable.Range(0, 48).Select(i => i % 3)], [Steps, 4], 3);

    private static float[] Values(int count, int seed)
    {
        var random = new Random(seed);
        return [.. Enumerable.Range(0, count).Select(_ => (2 * random.NextSingle()) - 1)];
    }

    private static void Overwrite(Model model)
    {
        foreach (string norm in _norms)
        {
            for (int step = Own; step < Steps; step++)
            {
                foreach (string tensor in (string[])["running_mean", "running_var"])
                    model
                        .Floats($"{Name(norm, Own - 1)}.{tensor}")
                        .CopyTo(model.Floats($"{Name(norm, step)}.{tensor}"));
            }
        }
    }

    private static float[] Statistics(Model model, string norm, int step) =>
        [
            .. model.Floats($"{Name(norm, step)}.running_mean"),
            .. model.Floats($"{Name(norm, step)}.running_var"),
            model.Integers($"{Name(norm, step)}.num_batches_tracked")[0],
        ];

    private static string Name(string norm, int step) => step == 0 ? $"lstm1.{norm}" : $"lstm1.{norm}.{step}";

    private static float[] Learned(Model model) =>
        [
            .. model
                .Layout.Tensors.Where(t => t.Tensor.Spec.Trainable)
                .SelectMany(t => model.Floats(t.Tensor.Name).ToArray()),
        ];
}
