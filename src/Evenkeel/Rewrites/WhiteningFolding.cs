using Evenkeel.Graphs;
using Evenkeel.Kernels.Norm;
using Evenkeel.Kernels.Threading;
using Evenkeel.Layers;

namespace Evenkeel.Rewrites;

/// <summary>Normalisation that decorrelates as the affine map that it is with its running statistics.</summary>
public static class WhiteningFolding
{
    /// <summary>
    /// A new model in which a linear layer, or a convolution of single positions in groups, takes the place of every normalisation that decorrelates, with
    /// its running statistics. One that shares its scale and shift with another layer stays. The given model is not changed.
    /// </summary>
    /// <exception cref="GraphException">The running statistics of a layer are not finite.</exception>
    public static Model FoldWhitening(this Model model)
    {
        ArgumentNullException.ThrowIfNull(model);
        var editor = new GraphEditor(model.Graph);
        var maps = new Dictionary<string, string>();
        foreach (Node node in model.Graph.Nodes)
        {
            if (node.Layer is WhiteningNorm norm && !model.Graph.SharesParameters(node.Name))
                maps[node.Name] = Replace(editor, node, norm);
        }

        Model folded = model.With(editor.ToGraph());
        foreach ((string layer, string map) in maps)
        {
            (float[] weights, float[] bias) = MapOf(model, layer);
            weights.CopyTo(folded.Floats($"{map}.weight"));
            bias.CopyTo(folded.Floats($"{map}.bias"));
        }

        return folded;
    }

    /// <summary>The map y = x weights + bias of one layer.</summary>
    /// <param name="model">Not changed.</param>
    /// <param name="layer">Name of a normalisation that decorrelates.</param>
    /// <returns>
    /// Weights [group size, channels], where column c holds what channel c gets from the channels of its own group; biases [channels].
    /// </returns>
    /// <exception cref="GraphException">The running statistics of the layer are not finite.</exception>
    public static (float[] Weights, float[] Bias) MapOf(Model model, string layer)
    {
        ArgumentNullException.ThrowIfNull(model);
        Node node = model.Graph[layer];
        var norm = (WhiteningNorm)node.Layer;
        WhiteningShape shape = norm.ShapeOf(node.Shape);
        float epsilon = norm.Convention.Epsilon;
        ReadOnlySpan<float> mean = model.Floats($"{layer}.running_mean"),
            covariance = model.Floats($"{layer}.running_cov");
        if (NotFinite(mean) || NotFinite(covariance))
            throw new GraphException(
                $"Layer '{layer}' has running statistics that are not finite; recalibrate the model first."
            );
        double[] products = [.. covariance.ToArray().Select(v => (double)v)],
            matrices = new double[shape.Values],
            state = new double[shape.Groups * norm.Method.StateLength(shape.Size)];
        Whitening.Covariances(shape, products, 1, epsilon, matrices);
        using (var serial = WorkerPool.Serial())
            norm.Method.Whiten(serial, shape, epsilon, matrices, state);
        float[] weights = new float[shape.Values],
            bias = new float[shape.Channels];
        var affine = new NormParameters(model.Floats($"{layer}.weight"), model.Floats($"{layer}.bias"), epsilon);
        Whitening.Weights(shape, matrices, affine.Gamma, weights);
        Whitening.Bias(shape, matrices, affine, mean, bias);
        return (weights, bias);
    }

    private static bool NotFinite(ReadOnlySpan<float> values) =>
        values.ContainsAnyExceptInRange(-float.MaxValue, float.MaxValue);

    // Returns the name of the layer that has the map's weights. A row or a volume is taken for a line while it is mapped.
    private static string Replace(GraphEditor editor, Node node, WhiteningNorm norm)
    {
        Shape shape = node.Shape;
        int channels = shape.Channels,
            groups = norm.ShapeOf(shape).Groups;
        Layer map = shape.Dimensions.Length switch
        {
            1 when groups == 1 => new Linear(channels),
            3 => new Conv2d(channels, Window.Square(1)) { Groups = groups },
            _ => new Conv1d(channels, new AxisWindow(1)) { Groups = groups },
        };
        if (map is not Conv1d || shape.Dimensions.Length == 2)
        {
            editor.Replace(node.Name, map);
            return node.Name;
        }

        string product = $"{node.Name}.product";
        editor.Replace(node.Name, new Reshape(shape));
        editor.InsertBefore(node.Name, $"{node.Name}.rows", new Reshape(new Shape(shape.Positions, channels)));
        editor.InsertBefore(node.Name, product, map);
        return product;
    }
}
