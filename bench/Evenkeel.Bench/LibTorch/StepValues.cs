using Evenkeel.Graphs;
using Evenkeel.Serialization;
using Evenkeel.Training;

namespace Evenkeel.Bench.LibTorch;

/// <summary>What a training step computed. Tensors are laid out as Evenkeel's are.</summary>
/// <param name="Loss">The mean loss.</param>
/// <param name="Gradients">Of each trained parameter, in the network's order.</param>
/// <param name="Statistics">Running means and variances after the step, in the network's order.</param>
internal sealed record StepValues(double Loss, IReadOnlyList<float[]> Gradients, IReadOnlyList<float[]> Statistics)
{
    /// <summary>What a trainer's last step computed.</summary>
    public static StepValues Of(double loss, BatchTrainer trainer)
    {
        Model model = trainer.Model;
        return Of(
            loss,
            model.Layout,
            place =>
                trainer.Gradients.Slice((int)(place.ByteOffset / sizeof(float)), place.Tensor.Spec.Count).ToArray(),
            place => model.Floats(place.Tensor.Name).ToArray()
        );
    }

    /// <summary>What the peer wrote.</summary>
    public static StepValues Read(string path, TensorLayout layout)
    {
        using SafeTensorsReader file = SafeTensorsReader.Open(path);
        double[] loss = new double[1];
        file.ReadFloat64("loss", loss);
        return Of(loss[0], layout, Values, Values);

        float[] Values(TensorPlace place)
        {
            float[] values = new float[place.Tensor.Spec.Count];
            ModelTensors.ReadFloats(file, place.Tensor.Name, place.Tensor.Spec, values, path, ValueChecks.None);
            return values;
        }
    }

    /// <summary>How far it is from a judge.</summary>
    public StepDistance From(StepValues judge) =>
        new(
            Math.Abs(Loss - judge.Loss) / Math.Abs(judge.Loss),
            Worst(Statistics, judge.Statistics),
            Distance(Gradients.SelectMany(g => g), judge.Gradients.SelectMany(g => g)),
            Worst(Gradients, judge.Gradients)
        );

    private static StepValues Of(
        double loss,
        TensorLayout layout,
        Func<TensorPlace, float[]> gradient,
        Func<TensorPlace, float[]> statistics
    )
    {
        TensorPlace[] floats = [.. layout.Tensors.Where(t => t.Tensor.Spec.Type == ElementType.Float32)];
        return new StepValues(
            loss,
            [.. floats.Where(t => t.Tensor.Spec.Trainable).Select(gradient)],
            [.. floats.Where(t => t.Tensor.Spec.Role == TensorRole.State).Select(statistics)]
        );
    }

    private static double Worst(IReadOnlyList<float[]> tensors, IReadOnlyList<float[]> judge) =>
        tensors.Zip(judge, Distance).DefaultIfEmpty().Max();

    private static double Distance(IEnumerable<float> values, IEnumerable<float> judge) =>
        Norm(values.Zip(judge, (a, b) => (double)a - b)) / Norm(judge.Select(v => (double)v));

    private static double Norm(IEnumerable<double> values) => Math.Sqrt(values.Sum(v => v * v));
}

/// <summary>Relative distances, those of tensors Euclidean.</summary>
/// <param name="Loss">Of the loss.</param>
/// <param name="Statistics">Of the running mean or variance that is furthest off; 0 where there is none.</param>
/// <param name="Gradients">Of all gradients together.</param>
/// <param name="WorstGradient">Of the parameter whose gradient is furthest off.</param>
internal readonly record struct StepDistance(double Loss, double Statistics, double Gradients, double WorstGradient)
{
    /// <summary>All four.</summary>
    public double[] All => [Loss, Statistics, Gradients, WorstGradient];

    /// <summary>Whether each is within so many times another's, or below the floor.</summary>
    public bool IsWithin(double factor, StepDistance other, double floor) =>
        All.Zip(other.All).All(d => d.First <= Math.Max(floor, factor * d.Second));
}
