using Evenkeel.Execution;
using Evenkeel.Layers;
using Evenkeel.Lowering;
using Evenkeel.Normalization;
using Evenkeel.Planning;
using Evenkeel.Training;

namespace Evenkeel.Tests.Properties;

/// <summary>Rewrites of plans and of models change what is computed by rounding alone, and each finds something to do.</summary>
public sealed class RewriteProperties
{
    private const int Cases = 150;

    [Fact]
    public void Each_rule_applies_to_some_network()
    {
        HashSet<string> applied = [];
        foreach (NetworkRecipe recipe in NetworkProperty.Recipes(300))
        {
            var network = new RandomNetwork(recipe);
            foreach (PlanMode mode in Engine.Modes(network))
            {
                foreach (double recompute in (double[])[0, 1])
                    applied.UnionWith(
                        ExecutionPlan
                            .Build(network.Graph, Engine.Options(mode, network.Batch) with { Recompute = recompute })
                            .Rewrites.Where(r => r.Applied)
                            .Select(r => r.Rule)
                    );
            }
        }

        Assert.Empty(Engine.AllRules.Except(applied));
    }

    [Fact]
    public void Without_any_one_rule_a_plan_gives_the_same()
    {
        using var device = Device.Cpu(2);
        NetworkProperty.Holds(
            Cases,
            network =>
            {
                using Model model = network.Model();
                float[] inputs = network.Inputs();
                foreach (PlanMode mode in (PlanMode[])[PlanMode.Inference, PlanMode.BatchStatistics])
                {
                    var expected = new ExpectedValues(model, mode, inputs, Engine.Seed);
                    ExecutionPlan plan = ExecutionPlan.Build(model.Graph, Engine.Options(mode, network.Batch));
                    foreach (string rule in plan.Rewrites.Where(r => r.Applied).Select(r => r.Rule).Distinct())
                    {
                        PlanOptions options = Engine.Options(mode, network.Batch, rule);
                        using Executor executor = Engine.Open(model, options, device);
                        executor.Forward(inputs);
                        Engine.CheckOutputs(executor, model.Graph, expected, $"{mode} without {rule}");
                    }
                }
            }
        );
    }

    [Fact]
    public void A_folded_model_gives_what_the_model_gives()
    {
        NetworkProperty.Holds(
            Cases,
            network =>
            {
                using Model model = network.Model();
                float[] inputs = network.Inputs();
                var expected = new ExpectedValues(model, PlanMode.Inference, inputs);
                using Model folded = model.FoldBatchNorm();
                using var predictor = new Predictor(model, network.Batch, 2);
                CheckModel(network, expected, folded, inputs, "folded");
                Memory<float>[] outputs = [.. predictor.OutputShapes.Select(s => new float[network.Batch * s.Count])];
                predictor.PredictAll(inputs, outputs);
                for (int i = 0; i < outputs.Length; i++)
                    expected.Check(model.Graph.OutputNames[i], outputs[i].Span, "predictor");
            }
        );
    }

    [Fact]
    public void A_frozen_model_gives_what_the_model_gives_with_the_statistics_measured()
    {
        using var device = Device.Cpu(2);
        NetworkProperty.Holds(
            Cases / 2,
            network =>
            {
                // What normalises positions apart or with the batch in use is no map per channel.
                if (
                    network.Graph.Nodes.Any(n =>
                        n.Layer is BatchNorm { PerActivation: true } or { MixesExamples: true }
                    )
                )
                    return;
                using Model model = network.Model();
                float[] inputs = network.Inputs();
                var data = new ArrayDataset("random", inputs, [.. network.Graph.Input.Shape.Dimensions]);
                foreach (
                    (string layer, ChannelStatistics found) in model.MeasurePopulation(
                        data,
                        new PopulationOptions(),
                        device
                    )
                )
                {
                    found.Mean.Select(m => (float)m).ToArray().CopyTo(model.Floats($"{layer}.running_mean"));
                    found.Variance.Select(v => (float)v).ToArray().CopyTo(model.Floats($"{layer}.running_var"));
                }

                using Model source = network.Model();
                using Model frozen = source.FoldBatchNorm(data, device: device);
                Assert.DoesNotContain(frozen.Graph.Nodes, n => n.Layer is BatchNorm);
                var expected = new ExpectedValues(model, PlanMode.Inference, inputs);
                CheckModel(network, expected, frozen, inputs, "frozen");
            }
        );
    }

    private static void CheckModel(
        RandomNetwork network,
        ExpectedValues expected,
        Model model,
        float[] inputs,
        string what
    )
    {
        using var device = Device.Cpu(2);
        using Executor executor = Engine.Open(model, Engine.Options(PlanMode.Inference, network.Batch), device);
        executor.Forward(inputs);
        Engine.CheckOutputs(executor, network.Graph, expected, what);
    }
}
