using Evenkeel.Execution;
using Evenkeel.Execution.Reference;
using Evenkeel.Graphs;
using Evenkeel.Layers;
using Evenkeel.Lowering;
using Evenkeel.Networks;
using Evenkeel.Optimizers;
using Evenkeel.Planning;
using Evenkeel.Tests.Properties;
using Evenkeel.Tests.Reference;

namespace Evenkeel.Tests.Execution;

/// <summary>Every kind of step on the CPU, beside the reference device, from the same bytes.</summary>
public sealed class ConformanceTests
{
    private const int Cases = 60;

    private static readonly OptimizerConfig[] _rules =
    [
        new Sgd { WeightDecay = 0.1f },
        new SgdMomentum(),
        new SgdNesterov(),
        new Adagrad { OffsetDecay = 0.1f },
        new Adam(),
    ];

    [Fact]
    public void Every_step_writes_what_the_reference_device_writes()
    {
        using var device = Device.Cpu(2);
        var met = new HashSet<Type>();
        NetworkProperty.Holds(
            Cases,
            network =>
            {
                using Model model = network.Model();
                foreach (PlanMode mode in Engine.Modes(network))
                {
                    foreach (
                        IReadOnlyList<string> disabled in (IReadOnlyList<string>[])
                            [
                                [],
                                Engine.AllRules,
                            ]
                    )
                    {
                        PlanOptions options = Engine.Options(mode, network.Batch, disabled);
                        met.UnionWith(Compare(model, options, network.Inputs(), network.Labels(network.Batch), device));
                    }
                }
            }
        );
        met.UnionWith(Rare().SelectMany(graph => Compare(graph, device)));
        IEnumerable<Type> missing = typeof(Step)
            .Assembly.GetTypes()
            .Where(t => t.IsSubclassOf(typeof(Step)) && !met.Contains(t));
        Assert.Equal("", string.Join(' ', missing.Select(t => t.Name)));
    }

    // What few random networks train.
    private static IEnumerable<Graph> Rare() =>
        [
            Network
                .Input(4, 5, 3)
                .Conv2d(2, 3)
                .Add(new ResizeLinear(5, 4))
                .Add(new LocalResponseNorm())
                .Add(new ReduceMax([0]))
                .Flatten()
                .Linear(3)
                .Build(),
            Network
                .Input(4, 5, 3)
                .Conv2d(2, 1)
                .Residual(null, b => b.Conv2d(2, 3, padding: 1, bias: false).BatchNorm())
                .Relu()
                .Add(new Softmax())
                .GlobalAveragePool()
                .Linear(3)
                .Build(),
            Network.Input(2).Linear(2).Add(new ConstantValue(new Shape(3))).Linear(2).Build(),
        ];

    private static IEnumerable<Type> Compare(Graph graph, Device device)
    {
        using Model model = RandomModel.Of(graph, 1);
        float[] inputs = Samples.Floats(2 * graph.Input.Shape.Count, 2);
        return Compare(model, Engine.Options(PlanMode.Training, 2), inputs, [0, 1], device);
    }

    // The kinds of steps for which the comparison showed something.
    private static IEnumerable<Type> Compare(
        Model model,
        PlanOptions options,
        float[] inputs,
        int[] labels,
        Device device
    )
    {
        OptimizerConfig rule = _rules[model.ParameterCount % _rules.Length];
        var plan = ExecutionPlan.Build(model.Graph, options with { Update = rule, ClipNorm = 1e-3 });
        var comparison = new StepComparison(plan, model, device);
        StepDifference[] differences = [.. comparison.Run(inputs, labels)];
        Assert.All(differences, found => Assert.True(found.Passed, found.ToString()));
        return differences.Where(found => found.Shows).Select(found => found.Step.GetType());
    }
}
