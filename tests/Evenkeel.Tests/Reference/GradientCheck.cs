using Evenkeel.Execution;
using Evenkeel.Graphs;
using Evenkeel.Layers;
using Evenkeel.Lowering;
using Evenkeel.Planning;

namespace Evenkeel.Tests.Reference;

/// <summary>The engine's loss and gradients against the interpreter's loss and its central differences.</summary>
internal static class GradientCheck
{
    /// <summary>
    /// Of the largest gradient of a tensor. A float carries 6e-8; sums of some tens of such products, through up to three
    /// normalisations, stay within a hundred roundings. A wrong term of any kind is off by 1e-2 or more.
    /// </summary>
    public const double Tolerance = 6e-6;

    // (h^2 f''' / 6 + 1e-16 / h): about 1e-10, far below the tolerance.
    private const double H = 1e-5;

    public static void Run(Graph graph, int batch = 6, string[]? disabledRules = null, ulong seed = 1)
    {
        using Model model = Samples.Model(graph, seed);
        float[] inputs = Samples.Floats(batch * graph.Input.Shape.Count, seed + 100);
        int[] labels = Samples.Labels(batch * graph.Output.Shape.Positions, graph.Output.Shape.Channels, seed + 200);
        var reference = new DoubleNetwork(model);
        double expectedLoss = reference.Loss(inputs, labels);
        // Rounding moves values by about 1e-6, differences by H: nothing may cross a kink.
        Assert.True(reference.LeastDistanceFromKink > 5 * H, $"choose another seed: {reference.LeastDistanceFromKink}");

        var options = new PlanOptions(PlanMode.Training, batch)
        {
            Loss = new SoftmaxCrossEntropy(),
            DisabledRules = [.. disabledRules ?? []],
        };
        using var device = Device.Cpu(2);
        using var executor = new Executor(ExecutionPlan.Build(graph, options), model, device)
        {
            FillFreedWithNaN = true,
        };
        double loss = executor.ForwardBackward(inputs, labels);
        Assert.Equal(expectedLoss, loss, 2e-6 * Math.Max(1, expectedLoss));
        foreach (var place in model.Layout.Tensors.Where(t => t.Tensor.Spec.Trainable))
        {
            double[] expected = Differences(reference, place.Tensor.Name, inputs, labels);
            ReadOnlySpan<float> actual = executor.Gradients.Slice(
                (int)(place.ByteOffset / sizeof(float)),
                place.Tensor.Spec.Count
            );
            Close.Relative(expected, actual, Tolerance, place.Tensor.Name, Floor(graph, place.Tensor));
        }
    }

    // A bias that batch normalisation cancels has gradient 0, as a sum of terms ten times the usual floor.
    private static double Floor(Graph graph, NamedTensor tensor) =>
        tensor.Spec.Name == "bias" && graph.Consumers(tensor.Node).Any(n => n.Layer is BatchNorm) ? 1e-1 : 1e-2;

    private static double[] Differences(DoubleNetwork network, string tensor, float[] inputs, int[] labels)
    {
        double[] values = network[tensor];
        double[] differences = new double[values.Length];
        for (int i = 0; i < values.Length; i++)
        {
            double value = values[i];
            values[i] = value + H;
            double above = network.Loss(inputs, labels);
            values[i] = value - H;
            double below = network.Loss(inputs, labels);
            values[i] = value;
            differences[i] = (above - below) / (2 * H);
        }

        return differences;
    }
}
