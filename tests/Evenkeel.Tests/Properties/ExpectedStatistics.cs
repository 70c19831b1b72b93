using Evenkeel.Graphs;
using Evenkeel.Layers;
using Evenkeel.Normalization;

namespace Evenkeel.Tests.Properties;

/// <summary>What one training step makes of the running statistics, by the paper's formula in double precision.</summary>
internal sealed class ExpectedStatistics
{
    private static readonly string[] Tensors = ["running_mean", "running_var"];
    private readonly DoubleNetwork _exact;
    private readonly DoubleNetwork _moved;
    private readonly int _batch;

    public ExpectedStatistics(RandomNetwork network, Model model)
    {
        _exact = new DoubleNetwork(model) { DropoutFactors = Engine.DropoutFactors };
        _moved = new DoubleNetwork(model) { DropoutFactors = Engine.DropoutFactors, Rounding = Math.ScaleB(1, -24) };
        _exact.Values(network.Inputs());
        _moved.Values(network.Inputs());
        _batch = network.Batch;
    }

    /// <summary>Whether a layer has no variance for one example and is told to say so.</summary>
    public static bool RefusesOneExample(Node node) =>
        node.Layer
            is BatchNorm { NormalizeWith: StatisticsSource.Batch, Convention.SingleValue: SingleValuePolicy.Error } norm
        && norm.StatisticsOf(node.Shape).ValuesPerExample == 1;

    /// <summary>Throws if a layer's statistics after a step are not those that the interpreter's moments make of the ones before.</summary>
    public void Check(Node node, Model before, Model after)
    {
        // A batch that gives NaN or infinity must not poison the average for ever.
        bool updates =
            node.Layer is BatchNorm { UpdateStatistics: true, NormalizeWith: StatisticsSource.Batch }
            && _exact.BatchMoments[node.Name].Variance.All(double.IsFinite);
        Assert.Equal(updates ? 1 : 0, after.Integers($"{node.Name}.num_batches_tracked")[0]);
        foreach (string tensor in Tensors.Select(t => $"{node.Name}.{t}"))
        {
            if (updates)
                Compare(node, tensor, before.Floats(tensor), after.Floats(tensor));
            else
                Assert.Equal(before.Floats(tensor).ToArray(), after.Floats(tensor).ToArray());
        }
    }

    private void Compare(Node node, string tensor, ReadOnlySpan<float> before, ReadOnlySpan<float> after)
    {
        var norm = (BatchNorm)node.Layer;
        bool ofMeans = tensor.EndsWith("mean", StringComparison.Ordinal);
        (double[] mean, double[] variance) = _exact.BatchMoments[node.Name];
        (double[] movedMean, double[] movedVariance) = _moved.BatchMoments[node.Name];
        (double[] batch, double[] moved) = ofMeans ? (mean, movedMean) : (variance, movedVariance);
        double count = _batch * norm.StatisticsOf(node.Shape).ValuesPerExample,
            // The first batch of an average over all batches counts alone.
            rate = norm.Convention.UpdateRate ?? 1,
            factor = !ofMeans && norm.Convention.RunningVariance == RunningVariance.Unbiased ? count / (count - 1) : 1,
            // Means round with the values that they are of.
            squares = variance.Max() + mean.Max(m => m * m),
            size = ofMeans ? Math.Sqrt(squares) : squares;
        for (int i = 0; i < before.Length; i++)
        {
            double expected = ((1 - rate) * before[i]) + (rate * factor * batch[i]),
                tolerance = (60 * factor * Math.Abs(batch[i] - moved[i])) + (1e-5 * size) + 1e-6;
            if (!(Math.Abs(expected - after[i]) <= tolerance) && tolerance < 0.01 * Math.Max(size, 1))
                throw new InvalidOperationException(
                    $"value {i} of '{tensor}' is {after[i]:g9}, not {expected:g9}; {tolerance:g2} is allowed"
                );
        }
    }
}
