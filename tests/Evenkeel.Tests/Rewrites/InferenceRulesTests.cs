using Evenkeel.Graphs;
using Evenkeel.Layers;
using Evenkeel.Lowering;
using Evenkeel.Operations;
using Evenkeel.Planning;
using Evenkeel.Rewrites;
using Evenkeel.Tests.Reference;

namespace Evenkeel.Tests.Rewrites;

/// <summary>Rules that make fewer passes over memory of what imported networks spell out: gates, expanded factors, sums.</summary>
public sealed class InferenceRulesTests
{
    private static readonly PlanOptions Inference = new(PlanMode.Inference, 2);
    private static readonly PlanOptions Training = new(PlanMode.Training, 2) { Loss = new SoftmaxCrossEntropy() };

    // Squeeze and excitation behind a gated convolution, with a shortcut.
    private static Graph Block(Activation gate) =>
        HandBuilt.Graph(
            [5, 4, 3],
            [
                ("conv", new Conv2d(3, Window.Square(3, 1, 1)), ["input"]),
                ("gate", gate, ["conv"]),
                ("gated", new Multiply(), ["conv", "gate"]),
                ("mean", new GlobalAveragePool(), ["gated"]),
                ("one", new Reshape(new Shape(1, 1, 3)), ["mean"]),
                ("share", new Sigmoid(), ["one"]),
                ("laid out", new Expand(new Shape(5, 4, 3)), ["share"]),
                ("weighed", new Multiply(), ["laid out", "gated"]),
                ("sum", new Add(), ["weighed", "input"]),
                ("out", new LeakyRelu(0.3f), ["sum"]),
            ]
        );

    [Theory]
    [InlineData(false, "swish")]
    [InlineData(true, "hardswish")]
    public void All_together_give_what_the_network_gives(bool hard, string whole)
    {
        Graph graph = Block(hard ? new HardSigmoid(1f / 6f) : new Sigmoid());
        ExecutionPlan plan = ExecutionPlan.Build(graph, Inference);
        Assert.Equal(["input", "conv", "mean", "one", "share", "weighed", "sum"], plan.Graph.Nodes.Select(n => n.Name));
        Assert.Equal(whole, ((ConvolutionOperation)plan.Graph["conv"].Layer).Fused!.Kind);
        Assert.IsType<LeakyRelu>(((AddOperation)plan.Graph["sum"].Layer).Fused);
        using Model model = Model.Create(graph, 1);
        float[] inputs = [.. Enumerable.Range(0, 2 * graph.Input.Shape.Count).Select(i => MathF.Sin(i))];
        float[] fused = RuleCases.Infer(model, inputs),
            plain = RuleCases.Infer(model, inputs, [.. RuleSet.Lowering.Select(r => r.Name)]);
        // Values of about 1 through a dozen roundings.
        Assert.All(plain.Zip(fused), p => Assert.Equal(p.First, p.Second, 2e-6));
        Assert.Contains(plain.Zip(fused), p => p.First != 0);
    }

    [Fact]
    public void A_gate_that_is_read_elsewhere_stays()
    {
        Graph graph = HandBuilt.Graph(
            [4],
            [
                ("gate", new Sigmoid(), ["input"]),
                ("gated", new Multiply(), ["gate", "input"]),
                ("both", new Add(), ["gate", "gated"]),
            ]
        );
        RuleCases.Declines(new FuseSwish(), graph, "read elsewhere", Inference);
        Graph other = HandBuilt.Graph(
            [4],
            [("gate", new HardSigmoid(0.2f), ["input"]), ("gated", new Multiply(), ["gate", "input"])]
        );
        RuleCases.IsNotConcerned(new FuseSwish(), other);
    }

    [Fact]
    public void A_gate_that_is_observed_stays()
    {
        Graph graph = HandBuilt.Graph(
            [5],
            [("gate", new Sigmoid(), ["input"]), ("gated", new Multiply(), ["input", "gate"])]
        );
        RuleCases.Declines(new FuseSwish(), graph, "observed", Inference with { Observed = ["gate"] });
    }

    [Fact]
    public void Training_keeps_what_its_gradients_need()
    {
        Graph graph = Block(new Sigmoid());
        RuleCases.Declines(new BroadcastMultiply(), graph, "gradient", Training);
        Assert.All(
            RuleCases.Apply(new FuseActivation(), graph, Training).Log,
            entry => Assert.Contains(entry.Node == "sum" ? "gradient of a sum" : "read elsewhere", entry.Reason)
        );
        Graph fused = RewriteRunner.Run(graph, RuleSet.Lowering, Training).Graph;
        Assert.Null(((ConvolutionOperation)fused["conv"].Layer).Fused);
    }

    [Fact]
    public void A_sum_that_is_read_elsewhere_stays()
    {
        Graph graph = HandBuilt.Graph(
            [4],
            [
                ("sum", new Add(), ["input", "input"]),
                ("act", new Relu(), ["sum"]),
                ("both", new Multiply(), ["sum", "act"]),
            ]
        );
        RuleCases.Declines(new FuseActivation(), graph, "read elsewhere", Inference);
    }

    // A channel shuffle as files with channels first spell it, and a slice of each half.
    private static (string, Layer, string[])[] Shuffle { get; } =
    [
        ("first", new Permute([2, 0, 1]), ["input"]),
        ("groups", new Reshape(new Shape(2, 3, 4, 5)), ["first"]),
        ("turned", new Permute([1, 0, 2, 3]), ["groups"]),
        ("joined", new Reshape(new Shape(6, 4, 5)), ["turned"]),
        ("last", new Permute([1, 2, 0]), ["joined"]),
        ("half", new Pad([0, 0, 0], [0, 0, -3]), ["last"]),
        ("other", new Pad([0, 0, -3], [0, 0, 0]), ["last"]),
    ];

    [Fact]
    public void Moves_that_follow_each_other_are_one()
    {
        Graph graph = HandBuilt.Graph([4, 5, 6], [.. Shuffle, ("out", new Multiply(), ["half", "other"])]);
        ExecutionPlan plan = ExecutionPlan.Build(graph, Inference);
        Assert.Equal(["input", "half", "other", "out"], plan.Graph.Nodes.Select(n => n.Name));
        using Model model = Model.Create(graph, 1);
        float[] inputs = [.. Enumerable.Range(0, 2 * graph.Input.Shape.Count).Select(i => 1f + i)];
        float[] once = RuleCases.Infer(model, inputs);
        Assert.Equal(RuleCases.Infer(model, inputs, "compose-moves"), once);
        Assert.NotEqual(once, Array.ConvertAll(once, _ => once[0]));
    }

    [Fact]
    public void Gradients_find_their_way_back_through_moves_at_once()
    {
        Graph graph = HandBuilt.Graph(
            [4, 5, 6],
            [
                ("conv", new Conv2d(6, Window.Square(1, 1, 0)), ["input"]),
                .. Shuffle.Select(s => s.Item1 == "first" ? (s.Item1, s.Item2, ["conv"]) : s),
                ("product", new Multiply(), ["half", "other"]),
                ("row", new Flatten(), ["product"]),
                ("scores", new Linear(4), ["row"]),
            ]
        );
        using Model model = Model.Create(graph, 1);
        RuleCases.AssertAgrees(model, "compose-moves");
    }

    [Fact]
    public void Moves_stay_apart_where_what_is_between_is_read_or_no_table_holds_them()
    {
        Graph read = HandBuilt.Graph(
            [4, 6],
            [
                ("turned", new Permute([1, 0]), ["input"]),
                ("back", new Permute([1, 0]), ["turned"]),
                ("wave", new Sigmoid(), ["turned"]),
                ("out", new Multiply(), ["wave", "turned"]),
            ],
            "back"
        );
        RuleCases.Declines(new ComposeMoves(), read, "read elsewhere", Inference);
        Graph chain = HandBuilt.Graph(
            [4, 6],
            [("turned", new Permute([1, 0]), ["input"]), ("rows", new Reshape(new Shape(8, 3)), ["turned"])]
        );
        RuleCases.Declines(new ComposeMoves(), chain, "observed", Inference with { Observed = ["turned"] });
        Graph torn = HandBuilt.Graph(
            [4, 6],
            [("turned", new Permute([1, 0]), ["input"]), ("rows", new Reshape(new Shape(3, 8)), ["turned"])]
        );
        Assert.Equal(
            ["input", "rows"],
            RuleCases.Apply(new ComposeMoves(), torn, Inference).Graph.Nodes.Select(n => n.Name)
        );
        Graph padded = HandBuilt.Graph(
            [4, 6],
            [("pad", new Pad([1, 0], [0, 0]), ["input"]), ("turned", new Permute([1, 0]), ["pad"])]
        );
        RuleCases.Declines(new ComposeMoves(), padded, "more than a table", Inference);
        RuleCases.IsNotConcerned(
            new ComposeMoves(),
            HandBuilt.Graph(
                [4, 6],
                [("row", new Flatten(), ["input"]), ("rows", new Reshape(new Shape(3, 8)), ["row"])]
            )
        );
    }
}
