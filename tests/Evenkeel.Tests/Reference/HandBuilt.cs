using Evenkeel.Graphs;

namespace Evenkeel.Tests.Reference;

/// <summary>Graphs node by node, without the builder's rewrites and beyond its chains.</summary>
internal static class HandBuilt
{
    public static Graph Graph(
        ReadOnlySpan<int> input,
        (string Name, Layer Layer, string[] Inputs)[] layers,
        string? output = null
    )
    {
        var shape = new Shape(input);
        var nodes = new List<Node> { new("input", new Input(shape), [], shape) };
        foreach ((string name, Layer layer, string[] inputs) in layers)
        {
            Shape[] shapes = [.. inputs.Select(i => ShapeOf(nodes, i))];
            nodes.Add(new Node(name, layer, [.. inputs], layer.InferShapes(shapes)));
        }

        return new Graph(nodes, output ?? nodes[^1].Name);
    }

    private static Shape ShapeOf(List<Node> nodes, string value)
    {
        Node maker = nodes.Single(n => n.Values.Contains(value));
        return maker.Shapes[maker.Values.ToList().IndexOf(value)];
    }
}
