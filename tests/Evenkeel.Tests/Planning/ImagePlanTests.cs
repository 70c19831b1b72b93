using Evenkeel.Execution;
using Evenkeel.Layers;
using Evenkeel.Lowering;
using Evenkeel.Operations;
using Evenkeel.Planning;
using Evenkeel.Testing;
using Evenkeel.Tests.Reference;
using Evenkeel.Training;
using Evenkeel.Training.Schedules;

namespace Evenkeel.Tests.Planning;

public sealed class ImagePlanTests
{
    [Fact]
    public void Branches_write_into_their_place_and_nothing_is_copied()
    {
        ExecutionPlan plan = Plan(ImageNetworks.Module(1, batchNorm: true));
        Assert.DoesNotContain(plan.Steps, s => s is CopyRows);
        Assert.Equal(4, plan.Rewrites.Count(r => r.Rule == InPlaceConcatenation.Rule && r.Applied));
        Assert.Contains(plan.Buffers, b => b.View is { Offset: > 0 });
    }

    [Fact]
    public void Branches_are_copied_when_the_rule_is_off_or_one_is_observed()
    {
        Graph graph = ImageNetworks.Module(1, batchNorm: true);
        ExecutionPlan off = Plan(graph, disabled: [InPlaceConcatenation.Rule]);
        Assert.Equal(4, off.Steps.Take(off.ForwardSteps).Count(s => s is CopyRows));
        ExecutionPlan observed = Plan(graph, observed: ["maxpool1"]);
        Assert.Equal(1, observed.Steps.Take(observed.ForwardSteps).Count(s => s is CopyRows));
    }

    [Fact]
    public void A_value_read_elsewhere_too_is_copied()
    {
        Network network = Network.Input(4, 4, 2).Conv2d(3, 1).BatchNorm().Relu();
        network.Concat(null, _ => { }, b => b.Conv2d(2, 1).BatchNorm().Relu());
        Graph graph = network.GlobalAveragePool().Build();
        Assert.Contains(Plan(graph).Rewrites, r => r.Rule == InPlaceConcatenation.Rule && !r.Applied);
        GradientCheck.Run(graph, batch: 3);
    }

    [Fact]
    public void Concatenations_of_concatenations_share_one_memory()
    {
        Network network = Network.Input(4, 4, 2).Conv2d(3, 1).BatchNorm().Relu();
        network.Concat(
            "outer",
            b => b.MaxPool(3, 1, 1),
            b => b.Concat("inner", c => c.MaxPool(3, 1, 1), c => c.Conv2d(2, 1).BatchNorm().Relu())
        );
        Graph graph = network.GlobalAveragePool().Build();
        Assert.DoesNotContain(Plan(graph).Steps, s => s is CopyRows);
        GradientCheck.Run(graph, batch: 3);
    }

    [Fact]
    public void In_inference_batch_norm_is_in_the_weights_and_dropout_is_gone()
    {
        Graph graph = Network.Input(6, 6, 3).Conv2d(4, 3).BatchNorm().Relu().Dropout(0.5f).GlobalAveragePool().Build();
        ExecutionPlan plan = ExecutionPlan.Build(graph, new PlanOptions(PlanMode.Inference, 3));
        Assert.DoesNotContain(plan.Steps, s => s is NormalizeForward or DropoutStep or ActivationForward);
        Assert.Contains(plan.Steps, s => s is FoldBatchNorm);
    }

    [Theory]
    [InlineData("fold-batchnorm-into-convolution")]
    [InlineData("average-after-pointwise")]
    [InlineData("fuse-activation")]
    [InlineData("(none)")]
    public void Inference_agrees_with_plain_arithmetic(string without)
    {
        foreach (Graph graph in (Graph[])[ImageNetworks.Module(2, true), ImageNetworks.Residual()])
        {
            using Model model = Samples.Model(graph);
            float[] inputs = Samples.Floats(5 * graph.Input.Shape.Count, 3);
            double[] expected = new DoubleNetwork(model) { Mode = PlanMode.Inference }.Forward(inputs);
            using var device = Device.Cpu(2);
            // A plan for more than it is given: any smaller batch runs on it.
            var options = new PlanOptions(PlanMode.Inference, 8) { DisabledRules = [without] };
            using var executor = new Executor(ExecutionPlan.Build(graph, options), model, device)
            {
                FillFreedWithNaN = true,
            };
            executor.Forward(inputs);
            // Some tens of float products a value, through up to seven layers.
            Close.Relative(expected, executor.Output, 1e-5, without, floor: 1e-2);
        }
    }

    [Fact]
    public void Training_has_the_same_bits_on_any_number_of_threads()
    {
        byte[] one = Trained(1);
        foreach (int threads in (int[])[2, 3, 8])
            Assert.Equal(one, Trained(threads));
    }

    [Fact]
    public void A_step_allocates_nothing()
    {
        using Model model = Model.Create(ImageNetworks.Module(2, true), 1);
        using var trainer = new BatchTrainer(model, 4, Options(2));
        (float[] inputs, int[] labels) = Batch(model.Graph, 4);
        for (int i = 0; i < 200; i++)
            trainer.Step(inputs, labels);
        Assert.Equal(0, Allocations.Least(() => trainer.Step(inputs, labels), calls: 50));
    }

    [Fact]
    public void Dropout_masks_follow_from_the_seed_and_the_step()
    {
        Graph graph = Network.Input(16).Linear(32).Dropout(0.5f).Linear(3).Build();
        float[] first = Losses(graph, 1);
        Assert.Equal(first, Losses(graph, 1));
        Assert.NotEqual(first, Losses(graph, 2));
        Assert.NotEqual(first[0], first[1]);
    }

    private static float[] Losses(Graph graph, ulong seed)
    {
        using Model model = Model.Create(graph, 1);
        var options = new TrainingOptions
        {
            LearningRate = new ConstantRate(1e-12),
            Seed = seed,
            Threads = 1,
        };
        using var trainer = new BatchTrainer(model, 4, options);
        (float[] inputs, int[] labels) = Batch(graph, 4);
        return [.. Enumerable.Range(0, 4).Select(_ => (float)trainer.Step(inputs, labels).Loss)];
    }

    private static byte[] Trained(int threads)
    {
        using Model model = Model.Create(ImageNetworks.Module(2, true), 1);
        using var trainer = new BatchTrainer(model, 6, Options(threads));
        (float[] inputs, int[] labels) = Batch(model.Graph, 6);
        for (int i = 0; i < 5; i++)
            trainer.Step(inputs, labels);
        return Samples.Bytes(model);
    }

    private static TrainingOptions Options(int threads) =>
        new()
        {
            LearningRate = new ConstantRate(0.05),
            Optimizer = new SgdMomentum(),
            Threads = threads,
        };

    private static (float[] Inputs, int[] Labels) Batch(Graph graph, int batch) =>
        (Samples.Floats(batch * graph.Input.Shape.Count, 7), Samples.Labels(batch, graph.Output.Shape.Channels, 8));

    private static ExecutionPlan Plan(Graph graph, string[]? disabled = null, string[]? observed = null) =>
        ExecutionPlan.Build(
            graph,
            new PlanOptions(PlanMode.Training, 4)
            {
                Loss = new SoftmaxCrossEntropy(),
                DisabledRules = [.. disabled ?? []],
                Observed = [.. observed ?? []],
            }
        );
}
