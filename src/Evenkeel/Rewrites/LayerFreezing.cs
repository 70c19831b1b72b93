using Evenkeel.Graphs;
using Evenkeel.Layers;

namespace Evenkeel;

/// <summary>Freezes layers of a network.</summary>
public static class LayerFreezing
{
    /// <summary>
    /// A network in which all layers before a given layer are frozen, for fine-tuning: training does not change their tensors, and their
    /// batch normalisations use running statistics. <c>model.With(model.Graph.FreezeBefore("fc"))</c> keeps the model's values.
    /// </summary>
    /// <param name="graph">Not changed.</param>
    /// <param name="layer">Name of the first layer to train, such as the classifier.</param>
    /// <exception cref="GraphException">
    /// There is no such layer, or a layer before it cannot be frozen: its tensors cannot be fixed, or a layer that learns shares them.
    /// </exception>
    public static Graph FreezeBefore(this Graph graph, string layer)
    {
        ArgumentNullException.ThrowIfNull(graph);
        ArgumentNullException.ThrowIfNull(layer);
        HashSet<string> before = [.. graph[layer].Inputs];
        var editor = new GraphEditor(graph);
        foreach (Node node in graph.Nodes.Reverse().Where(n => n.Values.Any(before.Contains)))
        {
            before.UnionWith(node.Inputs);
            Layer frozen = Frozen(node.Layer);
            if (frozen.Tensors(graph.InputShapes(node)).Any(t => t.Trainable))
                throw new GraphException(
                    $"Layer '{node.Name}' ({node.Layer.Kind}) cannot be frozen; choose a layer before it."
                );
            if (frozen != node.Layer)
                editor.Replace(node.Name, frozen);
        }

        return editor.ToGraph();
    }

    private static Layer Frozen(Layer layer) =>
        layer switch
        {
            BatchNorm norm => norm with
            {
                TrainAffine = false,
                UpdateStatistics = false,
                NormalizeWith = StatisticsSource.Running,
            },
            WhiteningNorm norm => norm with
            {
                TrainAffine = false,
                UpdateStatistics = false,
                NormalizeWith = StatisticsSource.Running,
            },
            ConvolutionLayer convolution => convolution with { Trainable = false },
            ConvTranspose2d convolution => convolution with { Trainable = false },
            Linear linear => linear with { Trainable = false },
            ChannelAffine affine => affine with { Trainable = false },
            ExampleNorm norm => norm with { Trainable = false },
            ConstantValue value => value with { Trainable = false },
            CustomLayer code => code with { Trainable = false },
            _ => layer,
        };
}
