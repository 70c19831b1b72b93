using Evenkeel.Configuration;
using Evenkeel.Diagnostics;
using Evenkeel.Layers;
using Evenkeel.Lowering;
using Evenkeel.Normalization;
using Evenkeel.Rewrites;
using Evenkeel.Tests.Reference;

namespace Evenkeel.Tests.Normalization;

/// <summary>Batch normalisation that takes the batch's own statistics in inference.</summary>
public sealed class InferenceStatisticsTests
{
    // Sums of some hundred float products; outputs are of the order of 1.
    private const double Tolerance = 1e-5;

    [Theory]
    [InlineData(false, 3)]
    [InlineData(true, 3)]
    [InlineData(false, 11)]
    [InlineData(true, 11)]
    public void A_batch_of_any_size_is_normalised_as_a_whole(bool perActivation, int batch)
    {
        using Model model = Samples.Model(Build(StatisticsSource.Batch, perActivation));
        float[] x = Samples.Floats(batch * model.Graph.Input.Shape.Count, 4);
        double[] expected = new DoubleNetwork(model) { Mode = PlanMode.Inference }.Forward(x);
        using var predictor = new Predictor(model, maxBatch: 4);
        // Once more in another order of sizes: plans of different sizes are kept.
        predictor.Predict(x.AsSpan(0, model.Graph.Input.Shape.Count * 2));
        Assert.All(predictor.Predict(x).Zip(expected), p => Assert.Equal(p.Second, p.First, Tolerance));
    }

    [Fact]
    public void A_single_value_gives_beta()
    {
        using Model model = Samples.Model(
            Network.Input(5).Add(Norm(StatisticsSource.Batch, perActivation: false), "norm").Build()
        );
        using var predictor = new Predictor(model);
        Assert.Equal(model.Floats("norm.bias").ToArray(), predictor.Predict(Samples.Floats(5, 1)));
    }

    [Fact]
    public void Nothing_is_folded_and_the_reason_is_told()
    {
        using Model model = Samples.Model(Build(StatisticsSource.Batch, perActivation: false));
        FoldDecision decision = Assert.Single(model.PlanFolding());
        Assert.False(decision.Folds);
        Assert.Contains("batch statistics in inference", decision.Reason, StringComparison.Ordinal);
        using Model affine = model.ReplaceByAffine(new Dictionary<string, ChannelStatistics>());
        Assert.Equal(GraphJson.ToText(model.Graph), GraphJson.ToText(affine.Graph));
    }

    [Fact]
    public void Stored_statistics_are_back_on_request()
    {
        using Model model = Samples.Model(Build(StatisticsSource.Batch, perActivation: false));
        using Model stored = model.WithStoredStatistics();
        Assert.Equal(
            GraphJson.ToText(Build(StatisticsSource.Running, perActivation: false)),
            GraphJson.ToText(stored.Graph)
        );
        Assert.Contains("outputs depend on the batch", Assert.Single(model.Notes), StringComparison.Ordinal);
        Assert.Empty(stored.Notes);
    }

    [Fact]
    public void Stored_statistics_are_neither_diagnosed_nor_recalibrated()
    {
        using Model model = Samples.Model(Build(StatisticsSource.Batch, perActivation: false));
        using var device = Device.Cpu(1);
        var data = Samples.Data(20, [6, 5, 2], 3);
        Diagnosis diagnosed = model.Diagnose(data, device: device);
        Assert.Equal(StatisticsCause.CannotTell, diagnosed.Cause);
        var recalibrated = Assert.Throws<GraphException>(() => model.Recalibrate(data, null, device));
        foreach (string text in (string[])[diagnosed.Text, recalibrated.Message])
            Assert.Contains("'norm' normalise(s) with batch statistics in inference", text, StringComparison.Ordinal);
    }

    [Fact]
    public void JSON_keeps_it()
    {
        string text = GraphJson.ToText(Build(StatisticsSource.Batch, perActivation: true));
        Assert.Contains("\"inferWith\":\"batch\"", text, StringComparison.Ordinal);
        Assert.Equal(text, GraphJson.ToText(GraphJson.Parse(text, "test")));
    }

    private static Graph Build(StatisticsSource source, bool perActivation) =>
        Network
            .Input(6, 5, 2)
            .Conv2d(4, 3, bias: false)
            .Add(Norm(source, perActivation), "norm")
            .Relu()
            .GlobalAveragePool()
            .Linear(3)
            .Build();

    private static BatchNorm Norm(StatisticsSource source, bool perActivation) =>
        new(BatchNormConvention.Default) { InferenceStatistics = source, PerActivation = perActivation };
}
