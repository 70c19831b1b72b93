using System.Runtime.Intrinsics;
using Evenkeel.Execution;
using Evenkeel.Graphs;
using Evenkeel.Lowering;
using Evenkeel.Planning;
using Evenkeel.Rewrites;
using Evenkeel.Tests.Reference;

namespace Evenkeel.Tests.Golden;

/// <summary>
/// Whole convolutional networks against PyTorch in double precision, with every rule and without each one. Tolerances are 8 times
/// what PyTorch's own float32 deviates from its float64 on the same run (in each file's metadata), relative to the largest value of
/// a tensor; losses absolute.
/// </summary>
public sealed class GoldenNetworkTests
{
    private const double Allowed = 8;

    // A few gradients are zero but for rounding; the generator measures deviations with the same floor.
    private const double Floor = 0.01;

    public static TheoryData<string, string> Cases
    {
        get
        {
            var cases = new TheoryData<string, string>();
            foreach (string network in (string[])["bn_inception", "resnet20"])
            {
                cases.Add(network, "(none)");
                // Without vector instructions a step takes twenty times as long, and the plans are the same.
                if (!Vector128.IsHardwareAccelerated)
                    continue;
                cases.Add(network, InPlaceConcatenation.Rule);
                cases.Add(network, GatheredSums.Rule);
                foreach (RewriteRule rule in RuleSet.Lowering)
                    cases.Add(network, rule.Name);
            }

            return cases;
        }
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void Twenty_steps_go_as_in_PyTorch(string network, string without)
    {
        using var golden = new GoldenNetwork(network);
        using Model model = golden.InitialModel();
        using var device = Device.Cpu(2);
        var options = new PlanOptions(PlanMode.Training, golden.Batch)
        {
            Loss = new SoftmaxCrossEntropy(),
            Update = new SgdMomentum((float)golden.Number("momentum")),
            DisabledRules = [without],
        };
        using var executor = new Executor(ExecutionPlan.Build(golden.Graph, options), model, device);
        double[] expected = golden.Losses;
        double[] losses = new double[expected.Length];
        for (int step = 0; step < losses.Length; step++)
        {
            var input = new RunInput
            {
                Batch = golden.Batch,
                Inputs = Images(golden, step % 2),
                Targets = new Targets(Labels(golden, step % 2)),
                Scalars = new StepScalars((ulong)step, golden.Number("learning_rate"), step + 1),
            };
            losses[step] = executor.Train(input).Loss;
            if (step == 0)
            {
                Compare(golden, "output0", executor.Output);
                CompareGradients(golden, model, executor.Gradients);
            }
        }

        Close.Absolute(expected, losses, Allowed * golden.Number("float32_losses_deviation"), "loss of step");
        CompareFinal(golden, model, device, options with { Mode = PlanMode.Inference, Loss = null });
    }

    internal static ReadOnlySpan<float> Images(GoldenNetwork golden, int batch)
    {
        int length = golden.Batch * golden.Graph.Input.Shape.Count;
        return golden.Images.AsSpan(batch * length, length);
    }

    internal static ReadOnlySpan<int> Labels(GoldenNetwork golden, int batch) =>
        golden.Labels.AsSpan(batch * golden.Batch, golden.Batch);

    internal static void CompareGradients(GoldenNetwork golden, Model model, ReadOnlySpan<float> gradients)
    {
        double tolerance = Allowed * golden.Number("float32_grad0_deviation");
        foreach (var place in model.Layout.Tensors.Where(t => t.Tensor.Spec.Trainable))
        {
            ReadOnlySpan<float> gradient = gradients.Slice(
                (int)(place.ByteOffset / sizeof(float)),
                place.Tensor.Spec.Count
            );
            Close.Relative(golden.Doubles("grad0.", place.Tensor), gradient, tolerance, place.Tensor.Name, Floor);
        }
    }

    internal static void CompareFinal(GoldenNetwork golden, Model model, Device device, PlanOptions options)
    {
        double tolerance = Allowed * golden.Number("float32_final_statistics_deviation");
        foreach (var place in model.Layout.Tensors.Where(t => t.Tensor.Spec.Role == TensorRole.State))
        {
            string name = place.Tensor.Name;
            if (place.Tensor.Spec.Type == ElementType.Int64)
                Assert.Equal((long)golden.Number("steps"), model.Integers(name)[0]);
            else
                Close.Relative(golden.Doubles("final.", place.Tensor), model.Floats(name), tolerance, name, Floor);
        }

        using var evaluation = new Executor(ExecutionPlan.Build(golden.Graph, options), model, device);
        evaluation.Forward(Images(golden, 0));
        Compare(golden, "final_output", evaluation.Output);
    }

    private static void Compare(GoldenNetwork golden, string name, ReadOnlySpan<float> actual) =>
        Close.Relative(
            golden.Doubles(name, actual.Length),
            actual,
            Allowed * golden.Number($"float32_{name}_deviation"),
            name,
            Floor
        );
}
