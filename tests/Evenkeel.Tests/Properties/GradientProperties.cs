using Evenkeel.Execution;
using Evenkeel.Graphs;
using Evenkeel.Layers;
using Evenkeel.Lowering;
using Evenkeel.Normalization;
using Evenkeel.Planning;
using Evenkeel.Training;

namespace Evenkeel.Tests.Properties;

/// <summary>
/// Losses, gradients and running statistics of a training step are those of the double-precision interpreter, with all rules of lowering, without any, and
/// without each that applied.
/// </summary>
public sealed class GradientProperties
{
    private const int Cases = 60;

    [Fact]
    public void Gradients_are_the_interpreters_differences_whichever_rules_apply()
    {
        using var device = Device.Cpu(2);
        NetworkProperty.Holds(
            Cases,
            network =>
            {
                if (!Engine.Learns(network.Graph))
                    return;
                using Model model = network.Model();
                var expected = new ExpectedGradients(model, network.Inputs(), network.Labels(network.Batch));
                if (!expected.Defined)
                    return;
                foreach (string[] disabled in Variants(network))
                {
                    string what = disabled.Length == 1 ? $"without {disabled[0]}" : $"{disabled.Length} rules off";
                    PlanOptions options = Engine.Options(PlanMode.Training, network.Batch, disabled);
                    using Executor executor = Engine.Open(model, options, device);
                    expected.CheckLoss(executor.ForwardBackward(network.Inputs(), network.Labels(network.Batch)), what);
                    foreach (var place in model.Layout.Tensors.Where(t => t.Tensor.Spec.Trainable))
                    {
                        int first = (int)(place.ByteOffset / sizeof(float));
                        expected.Check(
                            place.Tensor.Name,
                            executor.Gradients.Slice(first, place.Tensor.Spec.Count),
                            executor.Gradients,
                            what
                        );
                    }
                }
            }
        );
    }

    [Fact]
    public void Running_statistics_move_as_their_convention_says()
    {
        using var device = Device.Cpu(2);
        NetworkProperty.Holds(
            2 * Cases,
            network =>
            {
                if (!Engine.Learns(network.Graph))
                    return;
                using Model model = network.Model();
                using Model before = model.Clone();
                using Executor executor = Engine.Open(model, Engine.Options(PlanMode.Training, network.Batch), device);
                double loss = executor.ForwardBackward(network.Inputs(), network.Labels(network.Batch));
                executor.Commit();
                var expected = new ExpectedStatistics(network, before);
                foreach (Node node in network.Graph.Nodes.Where(n => n.Layer is BatchNorm))
                    expected.Check(node, before, model, double.IsFinite(loss));
            }
        );
    }

    [Fact]
    public void A_batch_of_one_trains_as_each_layers_policy_says()
    {
        using var device = Device.Cpu(2);
        NetworkProperty.Holds(
            2 * Cases,
            network =>
            {
                if (!Engine.Learns(network.Graph))
                    return;
                using Model model = network.Model();
                float[] inputs = network.Inputs(1);
                using Executor executor = Engine.Open(model, Engine.Options(PlanMode.Training, network.Batch), device);
                if (network.Graph.Nodes.Any(ExpectedStatistics.RefusesOneExample))
                {
                    Assert.Throws<SingleValuePerChannelException>(() => Engine.Run(executor, network, inputs));
                    return;
                }

                var expected = new ExpectedValues(model, PlanMode.Training, inputs, Engine.Seed);
                Engine.Run(executor, network, inputs);
                Engine.CheckOutputs(executor, network.Graph, expected, "one example");
            }
        );
    }

    [Fact]
    public void A_training_step_allocates_nothing()
    {
        var options = new TrainingOptions { Threads = 2, OnNonFiniteLoss = NonFiniteLossPolicy.Skip };
        NetworkProperty.Holds(
            Cases / 2,
            network =>
            {
                if (!Engine.Learns(network.Graph))
                    return;
                using Model model = network.Model();
                using var trainer = new BatchTrainer(model, network.Batch, options);
                float[] inputs = network.Inputs();
                int[] labels = network.Labels(network.Batch);
                Assert.Equal(0, Testing.Allocations.Least(() => trainer.Step(inputs, labels), calls: 5));
            }
        );
    }

    private static IEnumerable<string[]> Variants(RandomNetwork network)
    {
        ExecutionPlan plan = ExecutionPlan.Build(network.Graph, Engine.Options(PlanMode.Training, network.Batch));
        return
        [
            [],
            [.. Engine.AllRules],
            .. plan.Rewrites.Where(r => r.Applied).Select(r => r.Rule).Distinct().Select(r => (string[])[r]),
        ];
    }
}
