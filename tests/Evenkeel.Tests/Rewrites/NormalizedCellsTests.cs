using Evenkeel.Layers;
using Evenkeel.Lowering;
using Evenkeel.Networks;
using Evenkeel.Planning;
using Evenkeel.Rewrites;

namespace Evenkeel.Tests.Rewrites;

/// <summary>LSTM cells that normalise on the way in; what they compute is held by the tests of recurrent networks and of random ones.</summary>
public sealed class NormalizedCellsTests
{
    private const int Steps = 3;

    [Fact]
    public void A_cell_normalises_and_takes_the_sums()
    {
        ExecutionPlan plan = Plan(channels: 6);
        Assert.Equal(Steps, plan.Steps.Count(s => s is NormalizedLstmForward));
        Assert.Equal(Steps, plan.Steps.Count(s => s is LstmCellGradientSums));
        // What is left is the normalisation of the cell state.
        Assert.All(plan.Steps.OfType<NormalizeForward>(), s => Assert.StartsWith("lstm1.cell_norm", s.Layer));
        Assert.All(plan.Steps.OfType<BatchGradientSums>(), s => Assert.StartsWith("lstm1.cell_norm", s.Pass.Layer));
        Assert.Equal(
            "normalises lstm1.input_norm and lstm1.hidden_norm on the way in",
            Log(plan).First(r => r.Applied).Reason
        );
    }

    [Fact]
    public void Both_normalisations_read_one_gradient()
    {
        ExecutionPlan plan = Plan(channels: 6);
        LstmCellGradientSums cell = plan.Steps.OfType<LstmCellGradientSums>().Last();
        BatchInputGradient[] readers =
        [
            .. plan.Steps.OfType<BatchInputGradient>().Where(s => s.Pass.DY == cell.Cell.Gradients.X),
        ];
        Assert.Equal(["lstm1.hidden_norm", "lstm1.input_norm"], readers.Select(s => s.Layer));
    }

    [Fact]
    public void Inference_with_running_statistics_normalises_on_the_way_in_too()
    {
        ExecutionPlan plan = ExecutionPlan.Build(Of(6), new PlanOptions(PlanMode.Inference, 2));
        Assert.Equal(Steps, plan.Steps.Count(s => s is NormalizedLstmForward));
    }

    [Fact]
    public void A_value_that_is_observed_is_made()
    {
        ExecutionPlan plan = Plan(channels: 6, observed: "lstm1.hidden_norm.1");
        Assert.Equal(Steps - 1, plan.Steps.Count(s => s is LstmCellGradientSums));
        RewriteLogEntry declined = Assert.Single(Log(plan), r => !r.Applied);
        Assert.Equal(("lstm1.cell.1", "the value is to be observed by name"), (declined.Node, declined.Reason));
    }

    [Fact]
    public void A_product_of_few_channels_is_computed_again_in_front_of_its_reader()
    {
        Step[] steps = [.. Plan(channels: 1).Steps];
        Assert.Equal(2 * Steps, steps.Count(s => s is LinearForward { Layer: var name } && name.Contains("input")));
        for (int i = 0; i < steps.Length; i++)
        {
            if (steps[i] is LstmCellGradientSums cell)
                Assert.Contains(steps[..i], s => s is LinearForward again && again.Y == cell.X.Norm.X);
        }

        Assert.Equal(Steps, Plan(channels: 5).Steps.Count(s => s is LinearForward l && l.Layer.Contains("input")));
    }

    [Fact]
    public void It_can_be_switched_off()
    {
        ExecutionPlan plan = Plan(channels: 6, disabled: NormalizedCells.Rule);
        Assert.Empty(Log(plan));
        Assert.Equal(Steps, plan.Steps.Count(s => s is LstmCellForward));
        Assert.Equal(Steps, plan.Steps.Count(s => s is LstmCellBackward));
    }

    private static IEnumerable<RewriteLogEntry> Log(ExecutionPlan plan) =>
        plan.Rewrites.Where(r => r.Rule == NormalizedCells.Rule);

    private static Graph Of(int channels) =>
        Network
            .Input(Steps, channels)
            .Lstm(5, new RecurrentOptions { Sequence = false, BatchNorm = new RecurrentBatchNorm() })
            .Linear(3)
            .Build();

    private static ExecutionPlan Plan(int channels, string? observed = null, string? disabled = null) =>
        ExecutionPlan.Build(
            Of(channels),
            new PlanOptions(PlanMode.Training, 4)
            {
                Loss = new SoftmaxCrossEntropy(),
                Observed = observed is null ? [] : [observed],
                DisabledRules = disabled is null ? [] : [disabled],
            }
        );
}
