using Evenkeel.Graphs;
using Evenkeel.Layers;

namespace Evenkeel.Rewrites;

/// <summary>
/// Folds an affine map into the linear, convolution or transposed convolution layer before it: W' = W a, b' = a b + c (per unit or filter).
/// </summary>
public static class AffineFolding
{
    /// <summary>The model with every affine map folded that has a linear or convolution layer of its own before it.</summary>
    public static Model FoldAffine(this Model model)
    {
        ArgumentNullException.ThrowIfNull(model);
        Model result = model.Clone();
        while (Array.Find([.. result.Graph.Nodes], n => CanFold(result.Graph, n)) is { } affine)
        {
            Model folded = Fold(result, affine);
            result.Dispose();
            result = folded;
        }

        return result;
    }

    /// <summary>Whether the node is an affine map whose input is a linear or convolution layer that nothing else reads.</summary>
    internal static bool CanFold(Graph graph, Node node) =>
        node.Layer is ChannelAffine
        && LinearLayers.Is(graph[node.Inputs[0]].Layer)
        && graph.Consumers(node.Inputs[0]).Count() == 1
        && graph.OutputName != node.Inputs[0];

    internal static Model Fold(Model model, Node affine)
    {
        Node linear = model.Graph[affine.Inputs[0]];
        Shape input = model.Graph[linear.Inputs[0]].Shape;
        Graph graph = new GraphEditor(model.Graph)
            .Replace(linear.Name, LinearLayers.WithBias(linear.Layer), linear.Inputs)
            .Bypass(affine.Name)
            .ToGraph();
        Model folded = model.With(graph);
        Apply(folded, linear, input, model.Floats($"{affine.Name}.weight"), model.Floats($"{affine.Name}.bias"));
        return folded;
    }

    /// <summary>Changes weights and bias of a layer, which has one, so that it also applies the map.</summary>
    internal static void Apply(
        Model model,
        Node linear,
        Shape input,
        ReadOnlySpan<float> scale,
        ReadOnlySpan<float> shift
    )
    {
        Span<float> weight = model.Floats($"{linear.Name}.weight");
        Span<float> bias = model.Floats($"{linear.Name}.bias");
        for (int i = 0; i < weight.Length; i++)
            weight[i] = (float)((double)weight[i] * scale[LinearLayers.OutputOf(linear.Layer, input, i)]);
        for (int i = 0; i < bias.Length; i++)
            bias[i] = (float)(((double)bias[i] * scale[i]) + shift[i]);
    }
}
