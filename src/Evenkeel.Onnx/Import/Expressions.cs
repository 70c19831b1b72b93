using Evenkeel.Graphs;
using Evenkeel.Layers;

namespace Evenkeel.Onnx.Import;

/// <summary>What nodes compute, as far as forms that files write out need it.</summary>
internal sealed class Expressions(GraphEditor graph, Dictionary<string, float[]> tensors)
{
    // The forms that are looked for have fewer products inside each other, and fewer nodes near.
    private const int DeepestProduct = 8;
    private const int MaxBehind = 256;

    /// <summary>The node behind an input of another.</summary>
    public Node Input(Node node, int i = 0) => graph[node.Inputs[i]];

    /// <summary>The node itself, before it is repeated along dimensions of length 1.</summary>
    public Node Unexpanded(Node node) => node.Layer is Expand ? Input(node) : node;

    /// <summary>Scale and shift of a map that is the same for all channels; null of other nodes.</summary>
    public (float Scale, float Shift)? UniformMap(Node node) =>
        node.Layer is ChannelAffine
        && Same(tensors[$"{node.Name}.weight"]) is { } scale
        && Same(tensors[$"{node.Name}.bias"]) is { } shift
            ? (scale, shift)
            : null;

    /// <summary>What is multiplied by a number to give the node's value; null if it is no such product.</summary>
    public Node? Scaled(Node node, float factor) =>
        UniformMap(node) is (var scale, 0) && IsNear(scale, factor) ? Input(node) : null;

    /// <summary>The factors that a node's value is a product of, down to <paramref name="last"/>, and the product of the numbers among them.</summary>
    public (float Number, Node[] Factors) Product(Node node, Node last) => Product(node, last, DeepestProduct);

    private (float Number, Node[] Factors) Product(Node node, Node last, int depth)
    {
        if (depth == 0)
            return (1, [node]);
        if (node != last && node.Layer is Multiply)
        {
            (float first, Node[] left) = Product(Input(node), last, depth - 1);
            (float second, Node[] right) = Product(Input(node, 1), last, depth - 1);
            return (first * second, [.. left, .. right]);
        }

        if (node == last || UniformMap(node) is not (var scale, 0))
            return (1, [node]);
        (float number, Node[] factors) = Product(Input(node), last, depth - 1);
        return (scale * number, factors);
    }

    /// <summary>The nodes that a node's value goes into within some steps, the nearest first.</summary>
    public IEnumerable<Node> Behind(Node node, int steps) => AllBehind(node, steps).Take(MaxBehind);

    private IEnumerable<Node> AllBehind(Node node, int steps)
    {
        IReadOnlyList<Node> readers = steps > 0 ? graph.Consumers(node.Name) : [];
        return readers.Concat(readers.SelectMany(r => AllBehind(r, steps - 1)));
    }

    /// <summary>Whether two numbers are the same but for the rounding of their writers, to six digits at least.</summary>
    public static bool IsNear(float a, float b) => MathF.Abs(a - b) <= 2e-6f * MathF.Abs(b);

    private static float? Same(float[] values) => values.AsSpan().ContainsAnyExcept(values[0]) ? null : values[0];
}
