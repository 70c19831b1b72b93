using Evenkeel.Execution;
using Evenkeel.Lowering;
using Evenkeel.Planning;
using Evenkeel.Rewrites;

namespace Evenkeel.Tests.Rewrites;

public sealed class RemoveDropoutTests
{
    private static readonly float[] Inputs = [1, -2, 3, 4];
    private static readonly string Rule = new RemoveDropout().Name;

    [Theory]
    [InlineData(PlanMode.Inference)]
    [InlineData(PlanMode.BatchStatistics)]
    public void Dropout_is_the_identity_where_nothing_trains_with_the_rule_and_without(PlanMode mode)
    {
        Graph graph = Network.Input(4).Dropout(0.5f, "drop").Relu().Build();
        Assert.Equal([1, 0, 3, 4], Run(graph, new PlanOptions(mode, 1)));
        Assert.Equal([1, 0, 3, 4], Run(graph, new PlanOptions(mode, 1) { DisabledRules = [Rule] }));
    }

    [Fact]
    public void Dropout_that_is_observed_or_all_there_is_stays()
    {
        Graph graph = Network.Input(4).Dropout(0.5f, "drop").Build();
        var inference = new PlanOptions(PlanMode.Inference, 1);
        RuleCases.Declines(new RemoveDropout(), graph, "nothing else would be left", inference);
        Assert.Equal(Inputs, Run(graph, inference));
        graph = Network.Input(4).Dropout(0.5f, "drop").Relu().Build();
        PlanOptions observing = inference with { Observed = ["drop"] };
        RuleCases.Declines(new RemoveDropout(), graph, "observed", observing);
        Assert.Equal([1, 0, 3, 4], Run(graph, observing));
    }

    private static float[] Run(Graph graph, PlanOptions options)
    {
        using Model model = Model.Create(graph, 1);
        using var device = Device.Cpu(1);
        using var executor = new Executor(ExecutionPlan.Build(graph, options), model, device);
        executor.Forward(Inputs);
        return executor.Output.ToArray();
    }
}
