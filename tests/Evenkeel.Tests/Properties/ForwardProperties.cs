using Evenkeel.Execution;
using Evenkeel.Graphs;
using Evenkeel.Lowering;

namespace Evenkeel.Tests.Properties;

/// <summary>What the engine computes, however its plan is rewritten, is what the double-precision interpreter computes.</summary>
public sealed class ForwardProperties
{
    private const int Cases = 200;

    [Fact]
    public void Fused_and_unfused_plans_give_what_the_interpreter_gives()
    {
        using var device = Device.Cpu(2);
        int compared = 0,
            all = 0;
        NetworkProperty.Holds(
            Cases,
            network =>
            {
                using Model model = network.Model();
                float[] inputs = network.Inputs();
                foreach (PlanMode mode in Engine.Modes(network))
                {
                    var expected = new ExpectedValues(model, mode, inputs, Engine.Seed);
                    foreach (
                        string[] disabled in (string[][])
                            [
                                [],
                                [.. Engine.AllRules],
                            ]
                    )
                    {
                        using Executor executor = Engine.Open(
                            model,
                            Engine.Options(mode, network.Batch, disabled),
                            device
                        );
                        Engine.Run(executor, network, inputs);
                        string what = $"{mode}, {(disabled.Length == 0 ? "fused" : "unfused")}";
                        compared += Engine.CheckOutputs(executor, network.Graph, expected, what) ? 1 : 0;
                        all++;
                    }
                }
            }
        );
        // Of the rest, rounding alone decides: a channel without variance, a division by almost nothing.
        Assert.InRange(compared, all * 9 / 10, all);
    }

    [Fact]
    public void Every_layer_gives_what_the_interpreter_gives()
    {
        using var device = Device.Cpu(2);
        NetworkProperty.Holds(
            Cases,
            network =>
            {
                using Model model = network.Model();
                float[] inputs = network.Inputs();
                foreach (PlanMode mode in Engine.Modes(network))
                {
                    var expected = new ExpectedValues(model, mode, inputs, Engine.Seed);
                    Node[] observed = [.. network.Graph.Nodes.Skip(1)];
                    PlanOptions options = Engine.Options(mode, network.Batch) with
                    {
                        Observed = [.. observed.Select(n => n.Name)],
                    };
                    using Executor executor = Engine.Open(model, options, device);
                    Engine.Run(executor, network, inputs);
                    foreach (Node node in observed)
                        expected.Check(node.Name, executor.Value(node.Name), $"{mode}, observed");
                }
            }
        );
    }
}
