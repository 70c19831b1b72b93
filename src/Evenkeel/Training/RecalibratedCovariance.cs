using Evenkeel.Graphs;
using Evenkeel.Layers;
using Evenkeel.Normalization;
using Evenkeel.Ranks;

namespace Evenkeel.Training;

/// <summary>The part of recalibration for layers that decorrelate.</summary>
internal static class RecalibratedCovariance
{
    /// <summary>Measures mean and covariance of all such layers in one pass and makes them the running ones.</summary>
    /// <param name="model">Its running statistics are changed; an exception may leave some of them changed.</param>
    /// <param name="data">Data like that in use.</param>
    /// <param name="options">How it is measured.</param>
    /// <param name="prior">Weight of the old statistics, 0 to 1.</param>
    /// <param name="device">The device that computes, or null.</param>
    /// <param name="ranks">Ranks that divide the batches, or null.</param>
    /// <exception cref="StatisticsException">What is measured is not finite.</exception>
    public static void Measure(
        Model model,
        IDataset data,
        PopulationOptions options,
        double prior,
        Device? device,
        Communicator? ranks
    )
    {
        // A layer that is frozen is measured too, as batch normalisation is.
        using Model fed = model.With(
            model.Graph.ReplaceEach<WhiteningNorm>(
                (_, norm) =>
                    norm with
                    {
                        NormalizeWith = StatisticsSource.Batch,
                        Convention = norm.Convention with { SingleValue = SingleValuePolicy.SkipUpdate },
                    }
            )
        );
        foreach (
            (string layer, PooledCovariance found) in PopulationMeasurement.MeasureCovariance(
                fed,
                data,
                options,
                device,
                ranks
            )
        )
            Write(model, layer, found, prior);
    }

    /// <summary>What recalibration did to such layers, by the variances of their channels.</summary>
    public static IEnumerable<RecalibratedLayer> Report(Model old, Model recalibrated) =>
        old.Graph.Nodes.Where(n => n.Layer is WhiteningNorm).Select(n => Compare(old, recalibrated, n));

    private static void Write(Model model, string layer, PooledCovariance found, double prior)
    {
        Span<float> mean = model.Floats($"{layer}.running_mean"),
            covariance = model.Floats($"{layer}.running_cov");
        int channels = mean.Length,
            size = covariance.Length / channels;
        for (int i = 0; i < covariance.Length; i++)
        {
            (int row, int column) = Math.DivRem(i, channels);
            int other = (column / size * size) + row;
            // Between the means of two populations lies covariance as well.
            double between = (mean[column] - found.Mean[column]) * (mean[other] - found.Mean[other]),
                value = prior > 0
                    ? (prior * covariance[i]) + ((1 - prior) * found.Covariance(i)) + (prior * (1 - prior) * between)
                    : found.Covariance(i);
            covariance[i] = Finite(layer, column, value);
        }

        for (int c = 0; c < channels; c++)
            mean[c] = Finite(layer, c, prior > 0 ? (prior * mean[c]) + ((1 - prior) * found.Mean[c]) : found.Mean[c]);
        ref long tracked = ref model.Integers($"{layer}.num_batches_tracked")[0];
        tracked = Math.Max(1, tracked);
    }

    private static float Finite(string layer, int channel, double value) =>
        float.IsFinite((float)value)
            ? (float)value
            : throw new StatisticsException(
                $"Layer '{layer}' gets NaN or infinity from this data in channel {channel}; nothing was changed. Look for NaN in the data, or in the parameters of layers before it."
            );

    private static RecalibratedLayer Compare(Model old, Model recalibrated, Node node)
    {
        int channels = node.Shape.Channels;
        float epsilon = ((WhiteningNorm)node.Layer).Convention.Epsilon;
        ReadOnlySpan<float> oldMean = old.Floats($"{node.Name}.running_mean"),
            mean = recalibrated.Floats($"{node.Name}.running_mean"),
            oldCovariance = old.Floats($"{node.Name}.running_cov"),
            covariance = recalibrated.Floats($"{node.Name}.running_cov");
        int size = covariance.Length / channels;
        double sum = 0;
        double[] ratios = new double[channels];
        for (int c = 0; c < channels; c++)
        {
            int place = (c % size * channels) + c;
            double now = (double)covariance[place] + epsilon;
            sum += Math.Pow(mean[c] - oldMean[c], 2) / now;
            ratios[c] = now / (oldCovariance[place] + epsilon);
        }

        Array.Sort(ratios);
        return new RecalibratedLayer(node.Name, Math.Sqrt(sum / channels), ratios[channels / 2]);
    }
}
