using Evenkeel.Execution;
using Evenkeel.Execution.Reference;
using Evenkeel.Graphs;
using Evenkeel.Lowering;
using Evenkeel.Planning;

namespace Evenkeel.Diagnostics.Steps;

/// <summary>What a kind of step writes on a device, beside the reference device.</summary>
/// <param name="Step">The kind of step.</param>
/// <param name="Network">The network that it was met in.</param>
/// <param name="Error">Largest error found.</param>
/// <param name="Tolerance">Largest error that rounding explains.</param>
internal sealed record StepCheck(string Step, string Network, double Error, double Tolerance)
{
    /// <summary>Whether the devices agree; an error that is NaN does not pass.</summary>
    public bool Passed => Error <= Tolerance;
}

/// <summary>
/// Every kind of step beside the reference device, in double precision and from the same bytes, to be run on the machine that will use it.
/// </summary>
internal static class SelfCheck
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

        bool trains = network.Mode == PlanMode.Training;
        var options = new PlanOptions(network.Mode, network.Batch)
        {
            Loss = trains ? network.Loss : null,
            Update = trains ? network.Update : null,
            ClipNorm = trains ? 0.01 : null,
            KeepActivations = network.KeepActivations,
        };
        // Every other one, or so, to three binary digits: windows hold equal ones.
        float[] inputs = new float[network.Batch * network.Graph.Input.Shape.Count];
        foreach (ref float value in inputs.AsSpan())
        {
            value = (6 * random.NextSingle()) - 3;
            value = random.Next(2) == 0 ? MathF.Floor(8 * value) / 8 : value;
        }
        Shape output = network.Graph.OutputShape;
        BufferInfo aim = network.Loss.Targets(output);
        int[] labels = new int[aim.Type == ElementType.Int32 ? network.Batch * aim.PerExample : 0];
        foreach (ref int label in labels.AsSpan())
            label = random.Next(network.Loss.ClassesOf(output));
        float[] values = new float[aim.Type == ElementType.Int32 ? 0 : network.Batch * aim.PerExample];
        foreach (ref float value in values.AsSpan())
            value = random.NextSingle();
        var comparison = new StepComparison(
            ExecutionPlan.Build(network.Graph, options, device.DeviceRules),
            model,
            device
        );
        return
        [
            .. comparison
                .Run(inputs, labels.Length == 0 ? new Targets(values) : new Targets(labels))
                .Where(found => found.Shows)
                .GroupBy(found => found.Step.Kernel)
                .Select(kind => kind.MaxBy(found => found.Error / found.Tolerance)!)
                .Select(worst => new StepCheck(worst.Step.Kernel, network.Name, worst.Error, worst.Tolerance)),
        ];
    }
}
