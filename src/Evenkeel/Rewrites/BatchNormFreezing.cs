using Evenkeel.Graphs;
using Evenkeel.Layers;
using Evenkeel.Normalization;

namespace Evenkeel.Rewrites;

/// <summary>Algorithm 2, lines 8-11: each batch normalisation becomes one affine map with fixed statistics.</summary>
public static class BatchNormFreezing
{
    /// <summary>The model with each batch normalisation replaced by y = a x + c, a = gamma / sqrt(Var + eps), c = beta - a E.</summary>
    /// <param name="model">Not changed.</param>
    /// <param name="statistics">
    /// Population statistics by layer name; a layer not named uses its running statistics, or stays if it infers with those of the batch.
    /// </param>
    public static Model ReplaceByAffine(this Model model, IReadOnlyDictionary<string, ChannelStatistics> statistics)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(statistics);
        bool Fixed(Node node) => !node.Layer.MixesExamples || statistics.ContainsKey(node.Name);
        return ReplaceByAffine(model, statistics, [.. model.Graph.Nodes.Where(n => n.Layer is BatchNorm && Fixed(n))]);
    }

    /// <summary>Replaces some of the layers only.</summary>
    internal static Model ReplaceByAffine(
        Model model,
        IReadOnlyDictionary<string, ChannelStatistics> statistics,
        Node[] norms
    )
    {
        var editor = new GraphEditor(model.Graph);
        foreach (Node norm in norms)
        {
            if (((BatchNorm)norm.Layer).StatisticsOf(norm.Shape).Count != norm.Shape.Channels)
                throw new GraphException(
                    $"Layer '{norm.Name}' has statistics for each of {norm.Shape.Positions} positions, which one map per channel cannot "
                        + "replace; keep the layer."
                );
            if (model.Graph.SharesParameters(norm.Name))
                throw new GraphException(
                    $"Layer '{norm.Name}' shares its scale and shift with another layer, whose statistics differ; keep the layer."
                );
            editor.Replace(
                norm.Name,
                new ChannelAffine { Trainable = ((BatchNorm)norm.Layer).TrainAffine },
                [norm.Inputs[0]]
            );
        }

        Model frozen = model.With(editor.ToGraph());
        foreach (Node norm in norms)
        {
            ChannelStatistics? population = statistics.GetValueOrDefault(norm.Name);
            AffineMap map = AffineOf(model, norm, population ?? Running(model, norm.Name));
            map.Scale.CopyTo(frozen.Floats($"{norm.Name}.weight"));
            map.Shift.CopyTo(frozen.Floats($"{norm.Name}.bias"));
        }

        return frozen;
    }

    /// <summary>The running statistics of a layer.</summary>
    internal static ChannelStatistics Running(Model model, string layer) =>
        new(
            Array.ConvertAll(model.Floats($"{layer}.running_mean").ToArray(), x => (double)x),
            Array.ConvertAll(model.Floats($"{layer}.running_var").ToArray(), x => (double)x)
        );

    /// <summary>The map y = a x + c that a batch normalisation is with fixed statistics.</summary>
    internal static AffineMap AffineOf(Model model, Node norm, ChannelStatistics statistics)
    {
        double epsilon = ((BatchNorm)norm.Layer).Convention.Epsilon;
        ReadOnlySpan<float> gamma = model.Floats($"{norm.Name}.weight");
        ReadOnlySpan<float> beta = model.Floats($"{norm.Name}.bias");
        float[] scale = new float[gamma.Length],
            shift = new float[gamma.Length];
        for (int i = 0; i < gamma.Length; i++)
        {
            // An epsilon of 0 with a constant channel: the inverse deviation is 0, as in the kernels.
            double variance = statistics.Variance[i] + epsilon;
            double a = variance > 0 ? gamma[i] / Math.Sqrt(variance) : 0;
            scale[i] = (float)a;
            shift[i] = (float)(beta[i] - (a * statistics.Mean[i]));
        }

        return new AffineMap(scale, shift);
    }
}
