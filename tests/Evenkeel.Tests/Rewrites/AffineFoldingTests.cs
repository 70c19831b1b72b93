using Evenkeel.Layers;
using Evenkeel.Lowering;
using Evenkeel.Normalization;
using Evenkeel.Rewrites;
using Evenkeel.Tests.Reference;

namespace Evenkeel.Tests.Rewrites;

public sealed class AffineFoldingTests
{
    private static readonly Dictionary<string, ChannelStatistics> NoStatistics = [];

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Folding_keeps_the_outputs(bool bias)
    {
        Graph graph = RuleCases.Chain(
            ("l1", new Linear(7, bias)),
            ("n1", RuleCases.Norm),
            ("a1", new Tanh()),
            ("l2", new Linear(6, bias)),
            ("n2", RuleCases.Frozen),
            ("a2", new Sigmoid()),
            ("l3", new Linear(3))
        );
        using Model model = Samples.Model(graph);
        using Model affine = model.ReplaceByAffine(NoStatistics);
        using Model folded = affine.FoldAffine();
        Assert.Equal(["input", "l1", "a1", "l2", "a2", "l3"], folded.Graph.Nodes.Select(n => n.Name));
        float[] inputs = Samples.Floats(9 * 5, 3);
        double[] expected = new DoubleNetwork(model) { Mode = PlanMode.Inference }.Forward(inputs);
        // One rounding more per weight; values of size 1 to 5.
        Close.Relative(expected, RuleCases.Infer(folded, inputs), 3e-6, "folded");
    }

    [Fact]
    public void Positions_are_folded_alike()
    {
        using Model model = Samples.Model(Network.Input(2, 3, 5).Linear(4).BatchNorm().Relu().Build());
        using Model affine = model.ReplaceByAffine(NoStatistics);
        using Model folded = affine.FoldAffine();
        Assert.Equal(3, folded.Graph.Nodes.Length);
        float[] inputs = Samples.Floats(4 * 30, 3);
        double[] expected = new DoubleNetwork(model) { Mode = PlanMode.Inference }.Forward(inputs);
        Close.Relative(expected, RuleCases.Infer(folded, inputs), 3e-6, "folded");
    }

    [Fact]
    public void Two_affine_maps_in_a_row_fold_both()
    {
        Graph graph = RuleCases.Chain(("l", new Linear(4)), ("a", new ChannelAffine()), ("b", new ChannelAffine()));
        using Model model = Samples.Model(graph);
        using Model folded = model.FoldAffine();
        Assert.Equal(["input", "l"], folded.Graph.Nodes.Select(n => n.Name));
        Assert.Equal("l", folded.Graph.OutputName);
        float[] inputs = Samples.Floats(4 * 5, 3);
        Close.Relative(new DoubleNetwork(model).Forward(inputs), RuleCases.Infer(folded, inputs), 3e-6, "folded");
    }

    [Fact]
    public void A_linear_layer_that_another_layer_reads_is_not_folded() =>
        StaysWhole(
            HandBuilt.Graph(
                [5],
                [("l", new Linear(4), ["input"]), ("a", new ChannelAffine(), ["l"]), ("sum", new Add(), ["a", "l"])]
            )
        );

    [Fact]
    public void A_linear_layer_that_is_the_output_is_not_folded() =>
        StaysWhole(
            HandBuilt.Graph([5], [("l", new Linear(4), ["input"]), ("a", new ChannelAffine(), ["l"])], output: "l")
        );

    [Fact]
    public void An_affine_map_behind_something_else_stays() =>
        StaysWhole(RuleCases.Chain(("l", new Linear(4)), ("s", new Sigmoid()), ("a", new ChannelAffine())));

    private static void StaysWhole(Graph graph)
    {
        using Model model = Samples.Model(graph);
        using Model folded = model.FoldAffine();
        Assert.Equal(graph.Nodes.AsEnumerable(), folded.Graph.Nodes.AsEnumerable());
        Assert.Equal(Samples.Bytes(model), Samples.Bytes(folded));
    }
}
