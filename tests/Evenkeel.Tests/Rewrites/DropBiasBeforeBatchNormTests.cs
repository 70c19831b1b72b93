using Evenkeel.Graphs;
using Evenkeel.Layers;
using Evenkeel.Rewrites;
using Evenkeel.Tests.Reference;

namespace Evenkeel.Tests.Rewrites;

public sealed class DropBiasBeforeBatchNormTests
{
    private static readonly DropBiasBeforeBatchNorm Rule = new();

    [Fact]
    public void A_bias_in_front_of_batch_norm_is_dropped()
    {
        RewriteResult result = RuleCases.Apply(Rule, RuleCases.Chain(("l", new Linear(4)), ("n", RuleCases.Norm)));
        Assert.False(((Linear)result.Graph["l"].Layer).Bias);
        Assert.Equal(
            new RewriteLogEntry(Rule.Name, "l", true, "cancelled by the mean of n"),
            Assert.Single(result.Log)
        );
        Assert.DoesNotContain(result.Graph.Tensors(), t => t.Name == "l.bias");
    }

    [Fact]
    public void Everything_else_about_the_layer_stays()
    {
        var linear = new Linear(4) { Initializer = new NormalInitializer(0.3), Trainable = false };
        RewriteResult result = RuleCases.Apply(Rule, RuleCases.Chain(("l", linear), ("n", RuleCases.Norm)));
        Assert.Equal(linear with { Bias = false }, result.Graph["l"].Layer);
    }

    [Fact]
    public void A_layer_without_bias_is_left_alone() =>
        RuleCases.IsNotConcerned(Rule, RuleCases.Chain(("l", new Linear(4, Bias: false)), ("n", RuleCases.Norm)));

    [Fact]
    public void A_bias_in_front_of_something_else_is_left_alone() =>
        RuleCases.IsNotConcerned(
            Rule,
            RuleCases.Chain(("l", new Linear(4)), ("a", new Sigmoid()), ("n", RuleCases.Norm))
        );

    [Fact]
    public void A_bias_that_another_layer_reads_stays() =>
        RuleCases.Declines(
            Rule,
            HandBuilt.Graph(
                [5],
                [("l", new Linear(4), ["input"]), ("n", RuleCases.Norm, ["l"]), ("sum", new Add(), ["n", "l"])]
            ),
            "read elsewhere"
        );

    [Fact]
    public void A_bias_that_is_the_output_stays() =>
        RuleCases.Declines(
            Rule,
            HandBuilt.Graph([5], [("l", new Linear(4), ["input"]), ("n", RuleCases.Norm, ["l"])], output: "l"),
            "read elsewhere"
        );

    [Fact]
    public void A_bias_in_front_of_frozen_statistics_stays() =>
        RuleCases.Declines(Rule, RuleCases.Chain(("l", new Linear(4)), ("n", RuleCases.Frozen)), "frozen statistics");

    [Fact]
    public void What_training_computes_stays_the_same()
    {
        Graph biased = RuleCases.Chain(
            ("l", new Linear(6)),
            ("n", RuleCases.Norm),
            ("a", new Tanh()),
            ("out", new Linear(3))
        );
        using Model before = Samples.Model(biased);
        using Model after = before.With(RuleCases.Apply(Rule, biased).Graph);
        float[] inputs = Samples.Floats(7 * 5, 3);
        int[] labels = Samples.Labels(7, 3, 4);
        var expected = RuleCases.Train(before, inputs, labels, fuse: true);
        var actual = RuleCases.Train(after, inputs, labels, fuse: true);
        // The bias is subtracted again with the mean: roundings of values of size 1.
        Assert.Equal(expected.Loss, actual.Loss, 1e-6);
        foreach ((string name, float[] gradient) in actual.Gradients)
            Close.Absolute(Array.ConvertAll(expected.Gradients[name], g => (double)g), gradient, 1e-6, name);
        Assert.All(expected.Gradients["l.bias"], g => Assert.Equal(0, g, 1e-6));
    }
}
