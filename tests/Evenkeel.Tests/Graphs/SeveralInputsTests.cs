using Evenkeel.Configuration;
using Evenkeel.Execution;
using Evenkeel.Graphs;
using Evenkeel.Layers;
using Evenkeel.Lowering;
using Evenkeel.Testing;
using Evenkeel.Tests.Reference;

namespace Evenkeel.Tests.Graphs;

/// <summary>Networks that are fed several values per example.</summary>
public sealed class SeveralInputsTests
{
    private static readonly Graph _graph = Network
        .Input(3)
        .Linear(4)
        .Concat(
            "joined",
            b => b.Tanh(),
            b => b.Add(new Input(new Shape(2)), "second").Linear(3),
            b => b.Add(new Input(new Shape(5)), "third")
        )
        .Linear(2)
        .Build();

    [Fact]
    public void Each_input_comes_where_it_is_read()
    {
        Graph sum = Network
            .Input(2)
            .Concat(
                null,
                _ => { },
                b => b.Add(new Input(new Shape(1)), "second"),
                b => b.Add(new Input(new Shape(2)), "third")
            )
            .Add(new Power(2))
            .Build();
        Assert.Equal(["input", "second", "third"], sum.Inputs.Select(n => n.Name));
        foreach (Device made in (Device[])[Device.Cpu(2), Device.Reference()])
        {
            using Device device = made;
            using Model model = Samples.Model(sum);
            using var executor = new Executor(model, new PlanOptions(PlanMode.Inference, 3), device);
            executor.ForwardAll([new float[] { 1, 2, 3, 4 }, new float[] { 5, 6 }, new float[] { 7, 8, 9, 10 }]);
            Assert.Equal([1, 4, 25, 49, 64, 9, 16, 36, 81, 100], executor.Output);
            executor.ForwardAll([new float[] { 1, 2 }, new float[] { 3 }, new float[] { 4, 5 }]);
            Assert.Equal([1, 4, 9, 16, 25], executor.Output);
        }
    }

    [Fact]
    public void The_reference_device_gives_the_same()
    {
        using Model model = Samples.Model(_graph);
        using var device = Device.Cpu(2);
        using var cpu = new Executor(model, new PlanOptions(PlanMode.Inference, 4), device);
        using var exact = Device.Reference();
        using var reference = new Executor(model, new PlanOptions(PlanMode.Inference, 4), exact);
        ReadOnlyMemory<float>[] inputs = [Samples.Floats(12, 1), Samples.Floats(8, 2), Samples.Floats(20, 3)];
        cpu.ForwardAll(inputs);
        reference.ForwardAll(inputs);
        Close.Relative(Array.ConvertAll(reference.Output.ToArray(), v => (double)v), cpu.Output, 1e-6, "output", 1e-2);
        Assert.Equal(0, Allocations.Least(() => cpu.ForwardAll(inputs), calls: 50));
    }

    [Fact]
    public void What_does_not_fit_is_refused()
    {
        using Model model = Samples.Model(_graph);
        using var device = Device.Cpu(1);
        using var executor = new Executor(model, new PlanOptions(PlanMode.Inference, 4), device);
        string Refusal(params ReadOnlyMemory<float>[] inputs) =>
            Assert.Throws<ArgumentException>(() => executor.ForwardAll(inputs)).Message;
        Assert.Equal(
            "The network has 3 input(s), input, second, third; 2 were given.",
            Refusal(new float[3], new float[2])
        );
        Assert.Equal(
            "The input 'second' has 2 values; 2 examples of [2] are 4.",
            Refusal(new float[6], new float[2], new float[10])
        );
        Assert.Contains("exceeds the plan's largest, 4", Refusal(new float[15], new float[10], new float[25]));
        Assert.Contains("1 were given", Assert.Throws<ArgumentException>(() => executor.Forward(new float[3])).Message);
        Assert.Equal(
            "A predictor feeds one input, not 3; use an executor.",
            Assert.Throws<GraphException>(() => new Predictor(model)).Message
        );
    }

    [Fact]
    public void Data_sets_are_refused()
    {
        using Model model = Samples.Model(_graph);
        var data = new ArrayDataset("rows", new float[6], [0, 1], [3], 2);
        string message = Assert
            .Throws<GraphException>(() => new Trainer(model, data, new TrainingOptions { BatchSize = 2 }))
            .Message;
        Assert.StartsWith("The network has 3 inputs (input, second, third), but the data 'rows'", message);
    }

    [Fact]
    public void Files_have_further_inputs_among_the_layers()
    {
        Graph read = GraphJson.Parse(GraphJson.ToText(_graph), "text");
        Assert.Equal(_graph.Nodes.AsEnumerable(), read.Nodes.AsEnumerable());
        Graph written = GraphJson.Parse(
            """{"input": [5], "layers": [{"type": "input", "shape": [3]}, {"type": "concat", "count": 2, "inputs": ["input", "input2"]}]}""",
            "text"
        );
        Assert.Equal(["input", "input2"], written.Inputs.Select(n => n.Name));
        Assert.Equal(new Shape(8), written.OutputShape);
    }

    [Fact]
    public void An_output_that_is_an_input_behind_dropout_stays_a_value_of_its_own()
    {
        Graph graph = Network.Input(2).Add(new Input(new Shape(2)), "second").Dropout(0.5f, "kept").Build();
        using Model model = Samples.Model(graph);
        using var device = Device.Cpu(1);
        using var executor = new Executor(model, new PlanOptions(PlanMode.Inference, 1), device);
        executor.ForwardAll([new float[2], new float[] { 3, 4 }]);
        Assert.Equal([3, 4], executor.Output);
    }
}
