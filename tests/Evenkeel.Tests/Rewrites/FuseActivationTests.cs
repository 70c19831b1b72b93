using Evenkeel.Graphs;
using Evenkeel.Layers;
using Evenkeel.Lowering;
using Evenkeel.Operations;
using Evenkeel.Rewrites;
using Evenkeel.Tests.Reference;

namespace Evenkeel.Tests.Rewrites;

public sealed class FuseActivationTests
{
    private static readonly FuseActivation Rule = new();
    private static readonly PlanOptions Options = new(PlanMode.Training, 8);

    private static Graph Minimal => RuleCases.Chain(("n", RuleCases.Norm), ("a", new Relu()), ("l", new Linear(3)));

    [Fact]
    public void The_activation_becomes_part_of_batch_norm()
    {
        RewriteResult result = RuleCases.Apply(Rule, Minimal);
        Assert.Equal(["input", "n", "l"], result.Graph.Nodes.Select(n => n.Name));
        Assert.Equal(new Relu(), ((IFusesActivation)result.Graph["n"].Layer).Fused);
        Assert.True(Assert.Single(result.Log).Applied);
    }

    [Theory]
    [InlineData(PlanMode.Training)]
    [InlineData(PlanMode.Inference)]
    public void The_activation_becomes_part_of_a_convolution_with_a_bias(PlanMode mode)
    {
        foreach (bool bias in (bool[])[true, false])
        {
            Graph graph = Image(new Conv2d(3, Window.Square(3), bias), new LeakyRelu());
            if (bias)
                Assert.Equal(new LeakyRelu(), Fused(graph, mode));
            else
                RuleCases.Declines(Rule, graph, "with a bias", new PlanOptions(mode, 8));
        }
    }

    [Fact]
    public void A_convolution_of_volumes_takes_it_as_well()
    {
        var layer = new Conv3d(2, new AxisWindow(2), Window.Square(2));
        Assert.Equal(
            new Relu(),
            Fused(HandBuilt.Graph([3, 3, 3, 2], [("n", layer, ["input"]), ("a", new Relu(), ["n"])]))
        );
    }

    [Fact]
    public void The_activation_becomes_part_of_a_sum_that_is_not_trained()
    {
        Graph graph = HandBuilt.Graph([4], [("n", new Add(), ["input", "input"]), ("a", new Tanh(), ["n"])]);
        Assert.Equal(new Tanh(), Fused(graph, PlanMode.Inference));
        RuleCases.Declines(Rule, graph, "gradient of a sum", Options);
    }

    [Fact]
    public void An_activation_whose_gradient_needs_its_input_is_fused_where_there_is_none()
    {
        Graph graph = Image(new Conv2d(3, Window.Square(3)), new Gelu());
        Assert.Equal(new Gelu(), Fused(graph, PlanMode.Inference));
        RuleCases.Declines(Rule, graph, "gradient of gelu", Options);
        RuleCases.Declines(Rule, Image(new Conv2d(3, Window.Square(3)), new LeakyRelu(-1)), "leakyrelu", Options);
    }

    [Fact]
    public void An_activation_that_is_the_output_can_be_fused() =>
        Assert.Equal(
            "n",
            RuleCases.Apply(Rule, RuleCases.Chain(("n", RuleCases.Norm), ("a", new Elu(2)))).Graph.OutputName
        );

    [Fact]
    public void Frozen_batch_norm_is_fused_as_well() =>
        Assert.True(
            RuleCases.Apply(Rule, RuleCases.Chain(("n", RuleCases.Frozen), ("a", new Tanh()))).Log.Single().Applied
        );

    [Fact]
    public void Only_one_activation_is_fused()
    {
        RewriteResult result = RuleCases.Apply(
            Rule,
            RuleCases.Chain(("n", RuleCases.Norm), ("a", new Relu()), ("b", new Tanh()))
        );
        Assert.Equal(["input", "n", "b"], result.Graph.Nodes.Select(n => n.Name));
    }

    [Fact]
    public void Batch_norm_without_activation_is_left_alone() =>
        RuleCases.IsNotConcerned(Rule, RuleCases.Chain(("n", RuleCases.Norm), ("l", new Linear(3))));

    [Fact]
    public void A_normalised_value_that_is_read_elsewhere_is_kept() =>
        RuleCases.Declines(
            Rule,
            HandBuilt.Graph(
                [5],
                [("n", RuleCases.Norm, ["input"]), ("a", new Relu(), ["n"]), ("sum", new Add(), ["a", "n"])]
            ),
            "read elsewhere"
        );

    [Fact]
    public void A_normalised_value_that_is_the_output_is_kept() =>
        RuleCases.Declines(
            Rule,
            HandBuilt.Graph([5], [("n", RuleCases.Norm, ["input"]), ("a", new Relu(), ["n"])], output: "n"),
            "read elsewhere"
        );

    [Theory]
    [InlineData("n")]
    [InlineData("a")]
    public void An_observed_value_is_kept(string observed) =>
        RuleCases.Declines(Rule, Minimal, "observed", Options with { Observed = [observed] });

    [Fact]
    public void Observing_another_layer_does_not_matter() =>
        Assert.True(RuleCases.Apply(Rule, Minimal, Options with { Observed = ["l"] }).Log.Single().Applied);

    [Fact]
    public void A_disabled_rule_does_nothing() =>
        Assert.Empty(RewriteRunner.Run(Minimal, [Rule], Options with { DisabledRules = [Rule.Name] }).Log);

    [Theory]
    [InlineData(StatisticsSource.Batch)]
    [InlineData(StatisticsSource.Running)]
    public void Output_and_gradients_stay_the_same(StatisticsSource source)
    {
        foreach (
            Activation activation in (Activation[])[new Sigmoid(), new Tanh(), new Relu(), new LeakyRelu(), new Elu()]
        )
        {
            Graph graph = RuleCases.Chain(
                ("l", new Linear(6, Bias: false)),
                ("n", RuleCases.Norm with { NormalizeWith = source }),
                ("a", activation),
                ("out", new Linear(3))
            );
            using Model model = Samples.Model(graph);
            RuleCases.AssertAgrees(model, Rule.Name);
        }
    }

    [Fact]
    public void Normalisation_within_examples_takes_it_and_gives_the_same()
    {
        foreach (
            Activation activation in (Activation[])[new Sigmoid(), new Relu(), new LeakyRelu(-1), new Elu(), new Gelu()]
        )
        {
            foreach (Layer norm in (Layer[])[new LayerNorm(), new GroupNorm(3), new InstanceNorm()])
            {
                Graph graph = HandBuilt.Graph(
                    [2, 3, 5],
                    [
                        ("l", new Conv2d(6, Window.Square(1)), ["input"]),
                        ("n", norm, ["l"]),
                        ("a", activation, ["n"]),
                        ("m", new GlobalAveragePool(), ["a"]),
                        ("out", new Linear(3), ["m"]),
                    ]
                );
                Assert.Equal(activation, ((ExampleNormOperation)RuleCases.Apply(Rule, graph).Graph["n"].Layer).Fused);
                using Model model = Samples.Model(graph);
                RuleCases.AssertAgrees(model, Rule.Name);
                GradientCheck.Run(graph, batch: 3);
            }
        }
    }

    private static Activation? Fused(Graph graph, PlanMode mode = PlanMode.Training)
    {
        RewriteResult result = RuleCases.Apply(Rule, graph, new PlanOptions(mode, 8));
        Assert.Equal(["input", "n"], result.Graph.Nodes.Select(n => n.Name));
        return ((IFusesActivation)result.Graph["n"].Layer).Fused;
    }

    private static Graph Image(Layer layer, Activation activation) =>
        HandBuilt.Graph([6, 5, 2], [("n", layer, ["input"]), ("a", activation, ["n"])]);
}
