using Evenkeel.Execution;
using Evenkeel.Execution.Reference;
using Evenkeel.Graphs;
using Evenkeel.Layers;
using Evenkeel.Lowering;
using Evenkeel.Planning;

namespace Evenkeel.Diagnostics.Steps;

/// <summary>What a kind of step writes on a device, beside the reference device.</summary>
/// <param name="Step">The kind of step.</param>
/// <param name="Network">The network that it was met in.</param>
/// <param name="Error">Largest error found.</param>
/// <param name="Tolerance">Largest error that rounding explains.</param>
public sealed record StepCheck(string Step, string Network, double Error, double Tolerance)
{
    /// <summary>Whether the devices agree; an error that is NaN does not pass.</summary>
    public bool Passed => Error <= Tolerance;
}

/// <summary>
/// Every kind of step beside the reference device, in double precision and from the same bytes, to be run on the machine that will use it.
/// </summary>
public static class SelfCheck
{
    /// <summary>Runs all checks, network by network; of a step that a network has several times, the worst counts.</summary>
    /// <param name="device">What is checked.</param>
    public static IEnumerable<StepCheck> Run(Device device)
    {
        ArgumentNullException.ThrowIfNull(device);
        return CheckedNetworks.All.SelectMany(network => Run(device, network));
    }

    internal static IEnumerable<StepCheck> Run(Device device, CheckedNetwork network)
    {
        using Model model = Model.Create(network.Graph, 1);
        var random = new Random(2);
        foreach (NamedTensor tensor in network.Graph.Tensors().Where(t => t.Spec.Role == TensorRole.Offset))
        {
            // Ones and zeros would hide what they are taken for.
            foreach (ref float value in model.Floats(tensor.Name))
                value += random.NextSingle() - 0.5f;
        }

        var options = new PlanOptions(network.Mode, network.Batch)
        {
            Loss = network.Mode == PlanMode.Training ? new SoftmaxCrossEntropy() : null,
        };
        // To three binary digits, so that windows hold equal ones.
        float[] inputs = new float[network.Batch * network.Graph.Input.Shape.Count];
        foreach (ref float value in inputs.AsSpan())
            value = MathF.Floor(8 * ((6 * random.NextSingle()) - 3)) / 8;
        Shape output = network.Graph.Output.Shape;
        int[] labels = new int[network.Batch * output.Positions];
        foreach (ref int label in labels.AsSpan())
            label = random.Next(output.Channels);
        var comparison = new StepComparison(ExecutionPlan.Build(network.Graph, options), model, device.Pool);
        return
        [
            .. comparison
                .Run(inputs, labels)
                .Where(found => found.Shows)
                .GroupBy(found => found.Step.Kernel)
                .Select(kind => kind.MaxBy(found => found.Error / found.Tolerance)!)
                .Select(worst => new StepCheck(worst.Step.Kernel, network.Name, worst.Error, worst.Tolerance)),
        ];
    }
}
