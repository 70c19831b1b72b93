using Evenkeel.Diagnostics;
using Evenkeel.Tests.Reference;

namespace Evenkeel.Tests.Diagnostics;

public sealed class BatchNormInspectionTests
{
    private static readonly Graph Graph = Network
        .Input(6)
        .Linear(8, name: "l")
        .BatchNorm(name: "n")
        .Relu()
        .Linear(3)
        .Build();

    [Fact]
    public void A_healthy_layer_has_its_numbers_and_no_findings()
    {
        using Model model = Samples.Model(Graph);
        BatchNormHealth health = Assert.Single(model.InspectBatchNorm());
        Assert.Equal(("n", 8, 0L), (health.Layer, health.Channels, health.Updates));
        float[] variance = model.Floats("n.running_var").ToArray();
        Assert.Equal(
            new ValueSummary(8, 0, variance.Min(), variance.Average(v => (double)v), variance.Max()),
            health.Variance
        );
        Assert.Equal("into 'l' before it", health.Fold.Reason);
        Assert.Empty(health.Findings);
    }

    [Theory]
    [InlineData("running_mean", 1, float.NaN, BatchNormProblem.NotFinite)]
    [InlineData("running_var", 2, float.PositiveInfinity, BatchNormProblem.NotFinite)]
    [InlineData("weight", 3, float.NaN, BatchNormProblem.NotFinite)]
    [InlineData("running_var", 4, -0.5f, BatchNormProblem.NegativeVariance)]
    [InlineData("running_var", 5, 1e-7f, BatchNormProblem.CollapsedVariance)]
    [InlineData("running_var", 6, 1e8f, BatchNormProblem.ExplodedVariance)]
    [InlineData("weight", 7, 0f, BatchNormProblem.DeadChannels)]
    [InlineData("bias", 0, -30f, BatchNormProblem.DeadChannels)]
    public void Each_fault_is_found_in_its_channel(string tensor, int channel, float value, BatchNormProblem problem)
    {
        using Model model = Samples.Model(Graph);
        model.Floats($"n.{tensor}")[channel] = value;
        BatchNormFinding finding = Assert.Single(Assert.Single(model.InspectBatchNorm()).Findings);
        Assert.Equal(problem, finding.Problem);
        Assert.Equal([channel], finding.Channels);
        Assert.Contains($"channel {channel}", finding.Text, StringComparison.Ordinal);
    }

    [Fact]
    public void Statistics_that_never_moved_and_few_updates_are_told_apart()
    {
        using Model model = Samples.Model(Graph);
        model.Floats("n.running_mean").Clear();
        model.Floats("n.running_var").Fill(1);
        Assert.Equal(BatchNormProblem.NeverUpdated, OnlyProblem(model));
        model.Floats("n.running_mean").Fill(0.1f);
        model.Integers("n.num_batches_tracked")[0] = 10;
        Assert.Equal(BatchNormProblem.FewUpdates, OnlyProblem(model));
        model.Integers("n.num_batches_tracked")[0] = 100;
        Assert.Empty(Assert.Single(model.InspectBatchNorm()).Findings);
    }

    private static BatchNormProblem OnlyProblem(Model model) =>
        Assert.Single(Assert.Single(model.InspectBatchNorm()).Findings).Problem;
}
