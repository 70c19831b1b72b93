using Evenkeel.Execution;
using Evenkeel.Graphs;
using Evenkeel.Layers;
using Evenkeel.Lowering;
using Evenkeel.Planning;
using Evenkeel.Tests.Reference;

namespace Evenkeel.Tests.Training;

/// <summary>Networks of other systems often end with a softmax. The loss holds one, and a second would be another loss.</summary>
public sealed class LossAfterSoftmaxTests
{
    public static TheoryData<Layer> Ends => [new Softmax(), new LogSoftmax()];

    [Theory]
    [MemberData(nameof(Ends))]
    public void Evaluation_is_that_of_the_network_before_it(Layer end)
    {
        ArrayDataset data = Samples.Data(300, [8], 3);
        using Model bare = Model.Create(Body().Build(), 1);
        using Model ended = Model.Create(Body().Add(end).Build(), 1);
        using var device = Device.Cpu(2);
        Evaluation expected = bare.Evaluate(data, device);
        Assert.InRange(expected.Loss, 0.1, 10);
        Assert.Equal(expected, ended.Evaluate(data, device));
    }

    [Theory]
    [MemberData(nameof(Ends))]
    public void So_is_training(Layer end)
    {
        ArrayDataset data = Samples.Data(300, [8], 3);
        using Model bare = Model.Create(Body().Build(), 1);
        using Model ended = Model.Create(Body().Add(end).Build(), 1);
        foreach (Model model in (Model[])[bare, ended])
        {
            using var trainer = new Trainer(model, data, new TrainingOptions { BatchSize = 20 });
            trainer.Run(5);
        }

        Assert.Equal(bare.ParameterChecksum(), ended.ParameterChecksum());
    }

    [Fact]
    public void Shares_that_are_observed_are_computed_all_the_same()
    {
        using Model model = Model.Create(Body().Add(new Softmax(), "shares").Build(), 1);
        var options = new PlanOptions(PlanMode.Inference, 1)
        {
            Loss = new SoftmaxCrossEntropy(),
            Observed = ["shares"],
        };
        using var device = Device.Cpu(1);
        using var executor = new Executor(ExecutionPlan.Build(model.Graph, options), model, device);
        executor.ForwardLoss([1, 2, 3, 4, 5, 6, 7, 8], [0]);
        // Two ways to the same three numbers, a few roundings each.
        Assert.Equal(1, executor.Value("shares").ToArray().Sum(), 1e-6);
        for (int i = 0; i < 3; i++)
            Assert.Equal(executor.Probabilities[i], executor.Value("shares")[i], 1e-6);
    }

    private static Network Body() => Network.Input(8).Linear(6).BatchNorm().Relu().Linear(3);
}
