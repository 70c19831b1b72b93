using Evenkeel.Execution;
using Evenkeel.Lowering;
using Evenkeel.Training;

namespace Evenkeel.Diagnostics;

/// <summary>How far the outputs of two models are apart on the same data.</summary>
/// <param name="Examples">Examples compared.</param>
/// <param name="Largest">Largest absolute difference of any output value; NaN if one gives NaN where the other does not.</param>
/// <param name="Mean">Mean absolute difference.</param>
/// <param name="Scale">Largest absolute output value of the first model, to judge the differences by.</param>
/// <param name="SamePrediction">Examples whose most probable class is the same.</param>
public sealed record OutputDifference(int Examples, double Largest, double Mean, double Scale, int SamePrediction)
{
    private const int BlockSize = 64;

    /// <summary>Runs both models, each with its running statistics.</summary>
    /// <exception cref="GraphException">The data does not fit, or the outputs are of different shape.</exception>
    public static OutputDifference Measure(Model first, Model second, IDataset data, Device? device = null)
    {
        ArgumentNullException.ThrowIfNull(first);
        ArgumentNullException.ThrowIfNull(second);
        ArgumentNullException.ThrowIfNull(data);
        DatasetCompatibility.RequireInputs(first.Graph, data);
        if (first.Graph.OutputShape != second.Graph.OutputShape)
            throw new GraphException(
                $"The outputs cannot be compared: {first.Graph.OutputShape} and {second.Graph.OutputShape}."
            );
        var options = new PlanOptions(PlanMode.Inference, BlockSize);
        using var one = new Executor(first, options, device);
        using var other = new Executor(second, options, device);
        var blocks = new ExampleBlocks(data, BlockSize);
        double largest = 0,
            sum = 0,
            scale = 0;
        int same = 0;
        long values = 0;
        for (int block = 0; block < blocks.Count; block++)
        {
            int examples = blocks.Read(block, out ReadOnlySpan<float> inputs, out _);
            one.Forward(inputs);
            other.Forward(inputs);
            ReadOnlySpan<float> a = one.Output,
                b = other.Output;
            for (int i = 0; i < a.Length; i++)
            {
                double difference = a[i].Equals(b[i]) ? 0 : Math.Abs((double)a[i] - b[i]);
                // A NaN stays: Math.Max gives NaN if either is.
                largest = Math.Max(largest, difference);
                scale = Math.Max(scale, Math.Abs(a[i]));
                sum += difference;
            }

            values += a.Length;
            same += SamePredictions(a, b, a.Length / examples);
        }

        return new OutputDifference(data.Count, largest, sum / values, scale, same);
    }

    private static int SamePredictions(ReadOnlySpan<float> a, ReadOnlySpan<float> b, int width)
    {
        int same = 0;
        for (int row = 0; row < a.Length; row += width)
        {
            int first = System.Numerics.Tensors.TensorPrimitives.IndexOfMax(a.Slice(row, width)),
                second = System.Numerics.Tensors.TensorPrimitives.IndexOfMax(b.Slice(row, width));
            same += first == second ? 1 : 0;
        }

        return same;
    }
}
