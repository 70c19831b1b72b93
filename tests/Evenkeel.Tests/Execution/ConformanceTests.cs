using Evenkeel.Execution;
using Evenkeel.Execution.Reference;
using Evenkeel.Lowering;
using Evenkeel.Planning;
using Evenkeel.Tests.Diagnostics;
using Evenkeel.Tests.Properties;

namespace Evenkeel.Tests.Execution;

/// <summary>
/// The steps of random networks on the CPU, beside the reference device, from the same bytes; <see cref="SelfCheckTests"/> meets every kind of step.
/// </summary>
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
    public void Steps_of_random_networks_write_what_the_reference_device_writes()
    {
        using var device = Device.Cpu(2);
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
                        Compare(model, options, network.Inputs(), network.Labels(network.Batch), device);
                    }
                }
            }
        );
    }

    private static void Compare(Model model, PlanOptions options, float[] inputs, int[] labels, Device device)
    {
        OptimizerConfig rule = _rules[model.ParameterCount % _rules.Length];
        var plan = ExecutionPlan.Build(model.Graph, options with { Update = rule, ClipNorm = 1e-3 });
        var comparison = new StepComparison(plan, model, device);
        Assert.All(comparison.Run(inputs, new Targets(labels)), found => Assert.True(found.Passed, found.ToString()));
    }
}
