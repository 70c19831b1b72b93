using Evenkeel.Execution;
using Evenkeel.Layers;
using Evenkeel.Lowering;
using Evenkeel.Planning;
using Evenkeel.Tests.Reference;

namespace Evenkeel.Tests.Execution;

/// <summary>Each wrong use is an error that says what is wrong, before any memory is touched.</summary>
public sealed class ExecutorMisuseTests : IDisposable
{
    private static readonly PlanOptions Training = new(PlanMode.Training, 4) { Loss = new SoftmaxCrossEntropy() };

    private readonly Device _device = Device.Cpu(1);
    private readonly Model _model = Samples.Model(Samples.Small(batchNorm: true));

    public void Dispose()
    {
        _model.Dispose();
        _device.Dispose();
    }

    [Fact]
    public void Inputs_that_are_not_whole_examples() =>
        Refuses<ArgumentException>(e => e.ForwardBackward(new float[9], new int[1]), "9 input values", "examples of 8");

    [Fact]
    public void A_batch_beyond_the_plan() =>
        Refuses<ArgumentException>(e => e.ForwardBackward(new float[40], new int[5]), "batch of 5", "largest, 4");

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public void Labels_of_another_count(int labels) =>
        Refuses<ArgumentException>(
            e => e.ForwardBackward(new float[16], new int[labels]),
            $"{labels} labels for 2 rows"
        );

    [Theory]
    [InlineData(-1)]
    [InlineData(3)]
    public void A_label_out_of_range(int label) =>
        Refuses<ArgumentException>(e => e.ForwardBackward(new float[16], [0, label]), $"{label}");

    [Fact]
    public void Forward_without_labels_on_a_plan_with_a_loss() =>
        Refuses<InvalidOperationException>(e => e.Forward(new float[16]), "needs labels");

    [Fact]
    public void Backward_on_a_plan_that_does_not_train()
    {
        using Executor executor = Open(new PlanOptions(PlanMode.Inference, 4));
        Assert.Contains(
            "training mode",
            Assert.Throws<InvalidOperationException>(() => executor.ForwardBackward(new float[16], new int[2])).Message
        );
        Assert.Throws<InvalidOperationException>(() => executor.Gradients.Length);
        Assert.Throws<InvalidOperationException>(() => executor.Probabilities.Length);
        Assert.Throws<InvalidOperationException>(() => executor.ForwardLoss(new float[16], new int[2]));
        Assert.Throws<GraphException>(() => executor.BatchMean("batchnorm1").Length);
    }

    [Theory]
    [InlineData("linear1")]
    [InlineData("nowhere")]
    [InlineData("input")]
    public void A_value_that_is_not_kept(string layer) =>
        Refuses<GraphException>(e => e.Value(layer), layer, "observed");

    [Fact]
    public void The_input_is_not_kept_even_if_observed()
    {
        using Executor executor = Open(Training with { Observed = ["input"] });
        executor.ForwardBackward(new float[16], new int[2]);
        Assert.Throws<GraphException>(() => executor.Value("input").Length);
    }

    [Fact]
    public void An_executor_that_was_disposed()
    {
        Executor executor = Open(Training);
        executor.ForwardBackward(Samples.Floats(16, 1), new int[2]);
        executor.Dispose();
        Assert.Throws<ObjectDisposedException>(() => executor.ForwardBackward(new float[16], new int[2]));
        Assert.Throws<ObjectDisposedException>(() => executor.Output.Length);
        Assert.Throws<ObjectDisposedException>(() => executor.Losses.Length);
        Assert.Throws<ObjectDisposedException>(() => executor.Gradients.Length);
        Assert.Throws<ObjectDisposedException>(() => executor.BatchMean("batchnorm1").Length);
        Assert.Throws<ObjectDisposedException>(executor.Commit);
        executor.Dispose();
    }

    [Fact]
    public void A_plan_of_a_network_of_other_sizes()
    {
        Graph wider = Network.Input(8).Linear(13).BatchNorm().Sigmoid().Linear(9).BatchNorm().Tanh().Linear(3).Build();
        var e = Assert.Throws<GraphException>(() =>
            new Executor(ExecutionPlan.Build(wider, Training), _model, _device)
        );
        Assert.Contains("linear1.weight", e.Message);
    }

    [Fact]
    public void A_plan_that_trains_what_the_model_does_not()
    {
        Graph half = Network.Input(8).Add(new Linear(12) { Trainable = false }).Tanh().Linear(3).Build();
        Graph whole = Network.Input(8).Linear(12).Tanh().Linear(3).Build();
        using Model model = Model.Create(half, 1);
        var e = Assert.Throws<GraphException>(() => new Executor(ExecutionPlan.Build(whole, Training), model, _device));
        Assert.Contains("not trainable", e.Message);
    }

    [Fact]
    public void A_plan_of_layers_that_the_model_lacks()
    {
        Graph other = Network.Input(8).Linear(3, name: "head").Build();
        var e = Assert.Throws<GraphException>(() =>
            new Executor(ExecutionPlan.Build(other, Training), _model, _device)
        );
        Assert.Contains("head.weight", e.Message);
    }

    [Fact]
    public void A_plan_for_no_batch_or_with_an_unknown_layer()
    {
        Assert.Throws<GraphException>(() => Open(Training with { MaxBatch = 0 }));
        Assert.Contains(
            "nowhere",
            Assert.Throws<GraphException>(() => Open(Training with { Observed = ["nowhere"] })).Message
        );
    }

    private Executor Open(PlanOptions options) => new(ExecutionPlan.Build(_model.Graph, options), _model, _device);

    private void Refuses<TException>(Action<Executor> act, params string[] words)
        where TException : Exception
    {
        using Executor executor = Open(Training);
        Exception e = Assert.ThrowsAny<TException>(() => act(executor));
        Assert.All(words, word => Assert.Contains(word, e.Message));
    }
}
