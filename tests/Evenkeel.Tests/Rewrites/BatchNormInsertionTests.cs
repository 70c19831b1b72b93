using Evenkeel.Layers;
using Evenkeel.Normalization;
using Evenkeel.Tests.Reference;

namespace Evenkeel.Tests.Rewrites;

public sealed class BatchNormInsertionTests
{
    private static Graph Plain => Network.Input(5).Linear(7).Sigmoid().Linear(6).Relu().Linear(3).Build();

    [Fact]
    public void Every_activation_gets_batch_norm_in_front_and_its_bias_goes()
    {
        Graph graph = Plain.InsertBatchNorm();
        Assert.Equal(
            ["input", "linear1", "batchnorm1", "sigmoid1", "linear2", "batchnorm2", "relu1", "linear3"],
            graph.Nodes.Select(n => n.Name)
        );
        Assert.Equal([false, false, true], graph.Nodes.Select(n => n.Layer).OfType<Linear>().Select(l => l.Bias));
        Assert.Equal("linear3", graph.OutputName);
    }

    [Fact]
    public void It_is_what_the_builder_makes() =>
        Assert.Equal(
            Network
                .Input(5)
                .Linear(7, bias: false)
                .BatchNorm()
                .Sigmoid()
                .Linear(6, bias: false)
                .BatchNorm()
                .Relu()
                .Linear(3)
                .Build()
                .Nodes.AsEnumerable(),
            Plain.InsertBatchNorm().Nodes.AsEnumerable()
        );

    [Fact]
    public void Batch_norm_that_is_there_is_not_doubled()
    {
        Graph once = Plain.InsertBatchNorm();
        Assert.Equal(once.Nodes.AsEnumerable(), once.InsertBatchNorm().Nodes.AsEnumerable());
    }

    [Fact]
    public void An_activation_that_is_the_output_is_left_out_by_default()
    {
        Graph graph = Network.Input(5).Linear(7).Tanh().Linear(3).Sigmoid().Build().InsertBatchNorm();
        Assert.Equal("batchnorm1", Assert.Single(graph.Nodes, n => n.Layer is BatchNorm).Name);
        Assert.Equal("linear2", graph.Output.Inputs[0]);
        Assert.True(((Linear)graph["linear2"].Layer).Bias);
    }

    [Fact]
    public void Places_can_be_chosen()
    {
        Graph graph = Plain.InsertBatchNorm(where: n => n.Layer is Relu);
        Assert.Equal(["linear2"], graph.Nodes.Single(n => n.Layer is BatchNorm).Inputs);
        Assert.Equal([true, false, true], graph.Nodes.Select(n => n.Layer).OfType<Linear>().Select(l => l.Bias));
    }

    [Fact]
    public void The_output_can_be_chosen()
    {
        Graph graph = Network.Input(5).Linear(3).Sigmoid().Build().InsertBatchNorm(where: _ => true);
        Assert.IsType<BatchNorm>(graph[graph.Output.Inputs[0]].Layer);
        Assert.Equal("sigmoid1", graph.OutputName);
    }

    [Fact]
    public void The_convention_is_taken_over()
    {
        var convention = new BatchNormConvention { Epsilon = 0.25f, RunningVariance = RunningVariance.Biased };
        Assert.All(
            Plain.InsertBatchNorm(convention).Nodes.Select(n => n.Layer).OfType<BatchNorm>(),
            norm => Assert.Equal(convention, norm.Convention)
        );
    }

    [Fact]
    public void A_name_that_is_taken_is_not_used_again()
    {
        Graph graph = Network.Input(5).Linear(7, name: "batchnorm1").Tanh().Linear(3).Build().InsertBatchNorm();
        Assert.IsType<BatchNorm>(graph["batchnorm2"].Layer);
    }

    [Fact]
    public void Another_reader_of_the_value_goes_on_reading_it_as_it_was()
    {
        Graph graph = HandBuilt
            .Graph(
                [5],
                [
                    ("l", new Linear(4), ["input"]),
                    ("a", new Relu(), ["l"]),
                    ("sum", new Add(), ["a", "l"]),
                    ("out", new Linear(2), ["sum"]),
                ]
            )
            .InsertBatchNorm();
        Assert.Equal(["batchnorm1"], graph["a"].Inputs);
        Assert.Equal(["a", "l"], graph["sum"].Inputs);
        Assert.True(((Linear)graph["l"].Layer).Bias);
    }

    [Fact]
    public void The_graph_given_is_left_as_it_is()
    {
        Graph graph = Plain;
        graph.InsertBatchNorm();
        Assert.DoesNotContain(graph.Nodes, n => n.Layer is BatchNorm);
    }
}
