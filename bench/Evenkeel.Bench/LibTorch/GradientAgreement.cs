using System.Globalization;
using Evenkeel.Diagnostics;
using Evenkeel.Graphs;
using Evenkeel.Serialization;
using Evenkeel.Training;

namespace Evenkeel.Bench.LibTorch;

/// <summary>
/// Whether both sides train the same network: loss, gradients and running statistics of a step from the same weights on the same batch. The
/// judge is libtorch in double precision, and the measure how far libtorch's own float32 is from it.
/// </summary>
internal static class GradientAgreement
{
    // Honest computations in float32 differ by the order of their sums and by Winograd's filtering: by a small factor. The statistics of another
    // network are off by orders of magnitude. Gradients are less exact on both sides: a value that rounding moves past 0 switches its ReLU.
    private const double Factor = 16;

    // Below this a distance is rounding whatever its ratio: 16 units in the last place of a float32.
    private const double Floor = 2e-6;

    /// <summary>Prints a markdown table; false if a network differs.</summary>
    public static bool Run(TextWriter output, LibTorchPeer peer, IEnumerable<StepNetwork> networks)
    {
        output.WriteLine(
            "| network | batch | loss | off by | worst running statistic | gradients together | worst gradient | |"
        );
        output.WriteLine("|---|---|---|---|---|---|---|---|");
        bool right = true;
        foreach (StepNetwork network in networks)
        {
            foreach (bool batchNorm in network.BatchNorm)
                right &= Compare(output, peer, network, batchNorm);
        }

        output.WriteLine();
        output.WriteLine(
            "Relative distances from libtorch in double precision, those of tensors Euclidean; in brackets that of "
                + $"libtorch in float32. Allowed are {Factor} times it, or {Floor.ToString(CultureInfo.InvariantCulture)}."
        );
        return right;
    }

    private static bool Compare(TextWriter output, LibTorchPeer peer, StepNetwork network, bool batchNorm)
    {
        string folder = Directory.CreateTempSubdirectory("evenkeel-bench-").FullName;
        try
        {
            string given = Path.Combine(folder, "given.safetensors"),
                single = Path.Combine(folder, "single.safetensors"),
                exact = Path.Combine(folder, "exact.safetensors");
            using Model model = Model.Create(network.Create(batchNorm), 1);
            StepValues ours = Step(model, network.CheckedBatch, given);
            peer.Check(network, batchNorm, given, single, exact);
            StepValues judge = StepValues.Read(exact, model.Layout);
            StepDistance distance = ours.From(judge),
                theirs = StepValues.Read(single, model.Layout).From(judge);
            bool right = distance.IsWithin(Factor, theirs, Floor);
            output.WriteLine(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"| {network.Title} {(batchNorm ? "with" : "without")} BN | {network.CheckedBatch} | {judge.Loss:F4} | {string.Join(" | ", distance.All.Zip(theirs.All, Beside))} | {(right ? "same" : "DIFFERENT")} |"
                )
            );
            return right;
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static string Beside(double ours, double theirs) =>
        string.Create(CultureInfo.InvariantCulture, $"{ours:0.0e-0} ({theirs:0.0e-0})");

    // Writes weights and batch, then takes the step.
    private static StepValues Step(Model model, int batch, string given)
    {
        (float[] inputs, int[] labels) = StepTiming.RandomBatch(model.Graph, batch);
        var writer = new SafeTensorsWriter();
        foreach (TensorPlace place in model.Layout.Tensors.Where(t => IsOnBothSides(t.Tensor.Spec)))
            ModelTensors.Add(writer, model, place.Tensor);
        Shape shape = model.Graph.Input.Shape;
        writer.Add("inputs", [batch, .. shape.Dimensions.Select(d => (long)d)], inputs);
        writer.Add("labels", [batch], Array.ConvertAll(labels, label => (long)label));
        writer.Save(given);
        using var trainer = new BatchTrainer(model, batch, new TrainingOptions { Optimizer = new Sgd() });
        double loss = trainer.Step(inputs, labels).Loss;
        return StepValues.Of(loss, trainer);
    }

    // The zeros that recurrent layers start from are tensors here alone.
    private static bool IsOnBothSides(TensorSpec spec) => spec.Trainable || spec.Role == TensorRole.State;
}
