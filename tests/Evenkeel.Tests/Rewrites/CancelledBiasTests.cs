using Evenkeel.Graphs;
using Evenkeel.Layers;
using Evenkeel.Rewrites;
using Evenkeel.Tests.Reference;

namespace Evenkeel.Tests.Rewrites;

public sealed class CancelledBiasTests
{
    private static Graph Of(Layer layer, BatchNorm norm) =>
        HandBuilt.Graph([4, 4, 3], [("l", layer, ["input"]), ("n", norm, ["l"]), ("r", new Relu(), ["n"])]);

    public static TheoryData<Layer> Linears =>
        [
            new Linear(4) { Initializer = new NormalInitializer(0.3), Trainable = false },
            new Conv2d(4, Window.Square(3, 1, 1)),
            new ConvTranspose2d(4, Window.Square(2, 2, 0)),
        ];

    [Theory]
    [MemberData(nameof(Linears))]
    public void What_was_built_keeps_its_bias_until_it_is_asked_to_drop_it(Layer layer)
    {
        Graph graph = Of(layer, RuleCases.Norm);
        Graph dropped = graph.DropCancelledBiases();
        Assert.Contains(graph.Tensors(), t => t.Name == "l.bias");
        Assert.DoesNotContain(dropped.Tensors(), t => t.Name == "l.bias");
        Assert.Equal(LinearLayers.WithBias(layer, false), dropped["l"].Layer);
    }

    [Theory]
    [MemberData(nameof(Linears))]
    public void Dropping_it_of_a_model_leaves_the_outputs_as_they_are(Layer layer)
    {
        foreach (bool perActivation in (bool[])[false, true])
        {
            using Model model = Model.Create(Of(layer, RuleCases.Norm with { PerActivation = perActivation }), 3);
            Disturb(model);
            using Model dropped = model.DropCancelledBiases();
            float[] inputs = [.. Enumerable.Range(0, 2 * 48).Select(i => MathF.Sin(i))];
            using Predictor with = new(model),
                without = new(dropped);
            // One rounding of the mean, at most 2, over a deviation of 1 or more.
            Close.Absolute(
                Array.ConvertAll(with.Predict(inputs), v => (double)v),
                without.Predict(inputs),
                2e-6,
                "outputs"
            );
        }
    }

    [Fact]
    public void Only_a_batch_norm_that_alone_reads_it_cancels_it()
    {
        Graph[] others =
        [
            Of(new Linear(4), RuleCases.Frozen),
            HandBuilt.Graph(
                [5],
                [("l", new Linear(4), ["input"]), ("a", new Sigmoid(), ["l"]), ("n", RuleCases.Norm, ["a"])]
            ),
            HandBuilt.Graph(
                [5],
                [("l", new Linear(4), ["input"]), ("n", RuleCases.Norm, ["l"]), ("sum", new Add(), ["n", "l"])]
            ),
            HandBuilt.Graph([5], [("l", new Linear(4), ["input"]), ("n", RuleCases.Norm, ["l"])], output: "l"),
        ];
        Assert.All(others, graph => Assert.Same(graph, graph.DropCancelledBiases()));
    }

    [Fact]
    public void Inserting_batch_norm_drops_what_it_cancels_and_nothing_else()
    {
        Graph graph = Network
            .Input(5)
            .Linear(4, name: "own")
            .BatchNorm()
            .Linear(4, name: "next")
            .Relu()
            .Linear(2)
            .Build();
        Graph inserted = graph.InsertBatchNorm();
        Assert.True(((Linear)inserted["own"].Layer).Bias);
        Assert.False(((Linear)inserted["next"].Layer).Bias);
    }

    private static void Disturb(Model model)
    {
        foreach (string name in (string[])["l.bias", "n.running_mean", "n.bias"])
        {
            Span<float> values = model.Floats(name);
            for (int i = 0; i < values.Length; i++)
                values[i] = MathF.Cos(i + name.Length);
        }
    }
}
