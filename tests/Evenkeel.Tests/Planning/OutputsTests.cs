using Evenkeel.Execution;
using Evenkeel.Graphs;
using Evenkeel.Layers;
using Evenkeel.Lowering;
using Evenkeel.Planning;
using Evenkeel.Rewrites;
using Evenkeel.Testing;
using Evenkeel.Tests.Reference;

namespace Evenkeel.Tests.Planning;

/// <summary>Every value of a network can be an output beside the primary one: no rewrite and no other buffer takes it away.</summary>
public sealed class OutputsTests
{
    private const int Batch = 3;

    private static readonly Dictionary<string, Graph> Networks = new()
    {
        ["module"] = ImageNetworks.Module(1, batchNorm: true),
        ["residual"] = ImageNetworks.Residual(),
        ["linear"] = Network
            .Input(4)
            .Linear(3)
            .BatchNorm()
            .Sigmoid()
            .Dropout(0.5f)
            .Linear(2)
            .Add(new Softmax())
            .Build(),
        ["gates"] = HandBuilt.Graph(
            [4, 4, 3],
            [
                ("conv", new Conv2d(5, Window.Square(3, 1, 1)), ["input"]),
                ("norm", RuleNorm, ["conv"]),
                ("gate", new Sigmoid(), ["norm"]),
                ("swish", new Multiply(), ["norm", "gate"]),
                ("mean", new GlobalAveragePool(), ["swish"]),
                ("row", new Reshape(new Shape(1, 1, 5)), ["mean"]),
                ("wide", new Expand(new Shape(4, 4, 5)), ["row"]),
                ("excited", new Multiply(), ["swish", "wide"]),
                ("pool", new AveragePool2d(Window.Square(3, 1, 1)), ["excited"]),
                ("point", new Conv2d(2, Window.Square(1), Bias: false), ["pool"]),
                ("sum", new Add(), ["point", "point"]),
                ("relu", new Relu(), ["sum"]),
                ("flat", new Flatten(), ["relu"]),
            ]
        ),
    };

    private static BatchNorm RuleNorm => new(BatchNormConvention.Default);

    public static TheoryData<string, PlanMode> Cases
    {
        get
        {
            var cases = new TheoryData<string, PlanMode>();
            foreach (string name in Networks.Keys)
            {
                foreach (PlanMode mode in Enum.GetValues<PlanMode>())
                    cases.Add(name, mode);
            }

            return cases;
        }
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void Every_value_can_be_an_output(string name, PlanMode mode)
    {
        Graph graph = Networks[name];
        using Model model = Samples.Model(graph);
        using var device = Device.Cpu(1);
        var options = new PlanOptions(mode, Batch)
        {
            Loss = mode == PlanMode.Training ? new SoftmaxCrossEntropy() : null,
        };
        // Dropout is left out where nothing trains: its value is its input's.
        Node[] values = [.. graph.Nodes.Skip(1).Where(n => mode == PlanMode.Training || n.Layer is not Dropout)];
        PlanOptions plain = options with
        {
            Observed = [.. values.Select(n => n.Name)],
            DisabledRules =
            [
                .. RuleSet.Lowering.Select(r => r.Name).Where(r => mode == PlanMode.Training || r != "remove-dropout"),
                InPlaceConcatenation.Rule,
            ],
        };
        using Executor expected = Run(ExecutionPlan.Build(graph, plain), model, device);
        foreach (Node value in values)
        {
            var several = new Graph(
                graph.Nodes,
                [new GraphOutput(graph.OutputName, "primary"), new GraphOutput(value.Name)]
            );
            using Executor executor = Run(ExecutionPlan.Build(several, options), model, device);
            double[] kept = Array.ConvertAll(expected.Value(value.Name).ToArray(), v => (double)v);
            // Fused and folded, values are rounded at other places: some tens of units in the last place of the largest.
            double tolerance = 1e-5 * Math.Max(1, kept.Max(Math.Abs));
            Close.Absolute(kept, executor.OutputAt(1), tolerance, $"{value.Name} as an output");
        }
    }

    [Fact]
    public void A_predictor_gives_all_outputs_without_allocating()
    {
        Graph graph = new(
            Networks["gates"].Nodes,
            [new GraphOutput("flat", "scores"), new GraphOutput("gate"), new GraphOutput("input", "same")]
        );
        using Model model = Samples.Model(graph);
        using var predictor = new Predictor(model, maxBatch: 2);
        float[] inputs = Samples.Floats(5 * 48, 1);
        IReadOnlyDictionary<string, float[]> all = predictor.PredictAll(inputs);
        Assert.Equal(["scores", "gate", "same"], predictor.OutputNames);
        Assert.Equal(predictor.Predict(inputs), all["scores"]);
        Assert.Equal(inputs, all["same"]);
        Memory<float>[] outputs = [.. predictor.OutputShapes.Select(s => new float[5 * s.Count].AsMemory())];
        Assert.Equal(0, Allocations.Least(() => predictor.PredictAll(inputs, outputs)));
        Assert.Equal(all["gate"], outputs[1].ToArray());
        Assert.Throws<ArgumentException>(() => predictor.PredictAll(inputs, outputs.AsSpan(1)));
    }

    private static Executor Run(ExecutionPlan plan, Model model, Device device)
    {
        var executor = new Executor(plan, model, device) { FillFreedWithNaN = true };
        float[] inputs = Samples.Floats(Batch * plan.Graph.Input.Shape.Count, 3);
        if (plan.Options.Mode == PlanMode.Training)
            executor.ForwardBackward(inputs, new int[Batch * plan.Graph.Output.Shape.Positions]);
        else
            executor.Forward(inputs);
        return executor;
    }
}
