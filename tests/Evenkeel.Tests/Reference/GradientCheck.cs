using Evenkeel.Execution;
using Evenkeel.Graphs;
using Evenkeel.Layers;
using Evenkeel.Lowering;
using Evenkeel.Planning;

namespace Evenkeel.Tests.Reference;

/// <summary>The engine's loss and gradients against those on the reference device, which are the slopes of its loss.</summary>
internal static class GradientCheck
{
    /// <summary>
    /// Of the largest gradient of a tensor. A float carries 6e-8; sums of some tens of such products, through up to three
    /// normalisations, stay within a hundred roundings. A wrong term of any kind is off by 1e-2 or more.
    /// </summary>
    public const double Tolerance = 6e-6;

    public static void Run(
        Graph graph,
        int batch = 6,
        string[]? disabledRules = null,
        ulong seed = 1,
        float[]? inputs = null,
        double tolerance = Tolerance,
        int[]? labels = null
    )
    {
        using Model model = Samples.Model(graph, seed);
        inputs ??= Samples.Floats(batch * graph.Input.Shape.Count, seed + 100);
        labels ??= Samples.Labels(batch * graph.Output.Shape.Positions, graph.Output.Shape.Channels, seed + 200);
        var reference = new DoubleNetwork(model) { Mode = PlanMode.Training };
        DoubleRun expected = reference.Train(inputs, labels);
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
        Assert.Equal(expected.Loss, loss, 2e-6 * Math.Max(1, expected.Loss));
        foreach (var place in model.Layout.Tensors.Where(t => t.Tensor.Spec.Trainable))
        {
            ReadOnlySpan<float> actual = executor.Gradients.Slice(
                (int)(place.ByteOffset / sizeof(float)),
                place.Tensor.Spec.Count
            );
            string name = place.Tensor.Name;
            Slopes.Check(reference, expected, name, inputs, labels);
            Close.Relative(expected[$"d {name}"], actual, tolerance, name, Floor(graph, place.Tensor));
        }
    }

    // A bias that batch normalisation cancels has gradient 0, as a sum of terms ten times the usual floor.
    private static double Floor(Graph graph, NamedTensor tensor) =>
        tensor.Spec.Name == "bias" && graph.Consumers(tensor.Node).Any(n => n.Layer is BatchNorm) ? 1e-1 : 1e-2;
}
