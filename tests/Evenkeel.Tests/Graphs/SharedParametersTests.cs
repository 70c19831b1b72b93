using Evenkeel.Configuration;
using Evenkeel.Execution;
using Evenkeel.Graphs;
using Evenkeel.Layers;
using Evenkeel.Lowering;
using Evenkeel.Planning;
using Evenkeel.Rewrites;
using Evenkeel.Tests.Reference;
using Evenkeel.Training;

namespace Evenkeel.Tests.Graphs;

/// <summary>Layers that use the learned tensors of another one.</summary>
public sealed class SharedParametersTests
{
    private const int Batch = 6;

    // Two steps of a recurrent network: weights, gamma and beta are those of the first step, statistics are not.
    private static readonly Graph _tied = Network
        .Input(5)
        .Linear(5, name: "a")
        .BatchNorm(name: "norm")
        .Tanh()
        .Again("a", "b")
        .Again("norm", "again")
        .Tanh()
        .Linear(3)
        .Build();

    [Fact]
    public void Gradients_are_those_of_finite_differences() => GradientCheck.Run(_tied, Batch);

    [Fact]
    public void A_tensor_stands_once_and_every_user_finds_it()
    {
        using Model model = Samples.Model(_tied);
        string[] names = [.. model.Layout.Tensors.Select(t => t.Tensor.Name)];
        Assert.DoesNotContain("b.weight", names);
        Assert.DoesNotContain("again.weight", names);
        Assert.Contains("again.running_mean", names);
        model.Floats("b.weight")[3] = 0.25f;
        Assert.Equal(0.25f, model.Floats("a.weight")[3]);
    }

    // The same two sums, added once: equal bits.
    [Fact]
    public void Gradients_add_up()
    {
        Graph untied = Network
            .Input(5)
            .Linear(5, name: "a")
            .BatchNorm(name: "norm")
            .Tanh()
            .Linear(5, name: "b")
            .BatchNorm(name: "again")
            .Tanh()
            .Linear(3)
            .Build();
        using Model one = Samples.Model(_tied),
            two = Model.Create(
                untied,
                1,
                (name, values) => one.Layout.Find(name) is not null && Copy(one, name, values)
            );
        using Executor tied = Open(one),
            apart = Open(two);
        foreach (string tensor in (string[])["weight", "bias"])
        {
            float[] first = Gradient(apart, two, $"a.{tensor}"),
                second = Gradient(apart, two, $"b.{tensor}");
            Assert.Equal(first.Zip(second, (x, y) => x + y), Gradient(tied, one, $"a.{tensor}"));
        }
    }

    [Fact]
    public void Training_moves_shared_tensors_once_and_statistics_apart()
    {
        using Model model = Samples.Model(_tied);
        var options = new TrainingOptions { BatchSize = Batch, Threads = 1 };
        using var trainer = new BatchTrainer(model, Batch, options);
        for (int step = 0; step < 5; step++)
            Assert.True(trainer.Step(Samples.Floats(Batch * 5, 3), Samples.Labels(Batch, 3, 4)).Applied);
        Assert.NotEqual(model.Floats("norm.running_mean").ToArray(), model.Floats("again.running_mean").ToArray());
    }

    [Fact]
    public void The_network_survives_its_file_and_edits()
    {
        Graph read = GraphJson.Parse(GraphJson.ToText(_tied), "test");
        Assert.Equal(_tied.Nodes, read.Nodes);
        Assert.Equal("a", read.Replace("b", new Linear(5)).Nodes.Single(n => n.Name == "b").ParametersOf);
    }

    [Fact]
    public void Nothing_is_folded_into_a_tensor_that_others_use()
    {
        using Model model = Samples.Model(_tied);
        FoldDecision[] decisions = [.. model.PlanFolding()];
        Assert.All(
            decisions,
            d => Assert.Equal((false, "it shares its scale and shift with another layer"), (d.Folds, d.Reason))
        );
        Graph apart = Network.Input(5).Linear(5, name: "a").BatchNorm().Again("a").BatchNorm().Build();
        using Model weights = Samples.Model(apart);
        Assert.All(
            weights.PlanFolding(),
            d => Assert.Contains("are shared with another layer", d.Reason, StringComparison.Ordinal)
        );
        Assert.Same(apart.Nodes[1], apart.DropCancelledBiases().Nodes[1]);
    }

    [Theory]
    [InlineData("c", "Layer 'b' uses the parameters of 'c', which does not come before it.")]
    [InlineData("b", "Layer 'b' uses the parameters of 'b', which does not come before it.")]
    [InlineData(
        "wide",
        "Layer 'b' learns weight [4, 4], bias [4], which 'wide', whose parameters it uses, does not: it learns weight [5, 4], bias [4]."
    )]
    [InlineData(
        "input",
        "Layer 'b' learns weight [4, 4], bias [4], which 'input', whose parameters it uses, does not: it learns nothing."
    )]
    public void What_cannot_be_shared_is_refused(string owner, string message)
    {
        Graph graph = Network.Input(5).Linear(4, name: "wide").Linear(4, name: "b").Linear(2, name: "c").Build();
        Node[] nodes = [.. graph.Nodes.Select(n => n.Name == "b" ? n with { ParametersOf = owner } : n)];
        Assert.Equal(message, Assert.Throws<GraphException>(() => new Graph(nodes, "c")).Message);
    }

    private static bool Copy(Model model, string name, Span<float> values)
    {
        model.Floats(name).CopyTo(values);
        return true;
    }

    private static Executor Open(Model model)
    {
        var options = new PlanOptions(PlanMode.Training, Batch) { Loss = new SoftmaxCrossEntropy() };
        var executor = new Executor(ExecutionPlan.Build(model.Graph, options), model) { FillFreedWithNaN = true };
        executor.ForwardBackward(Samples.Floats(Batch * 5, 3), Samples.Labels(Batch, 3, 4));
        return executor;
    }

    private static float[] Gradient(Executor executor, Model model, string tensor)
    {
        TensorPlace place = model.Layout[tensor];
        return executor.Gradients.Slice((int)(place.ByteOffset / sizeof(float)), place.Tensor.Spec.Count).ToArray();
    }
}
