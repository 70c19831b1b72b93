using Evenkeel.Graphs;
using Evenkeel.Layers;

namespace Evenkeel.Onnx.Import;

/// <summary>GELU as files write it where their version has no operator: products of x, 1/2 and 1 + erf or 1 + tanh, in any order.</summary>
internal static class WrittenGelu
{
    /// <summary>The last node of a written-out GELU, and what it is; null if the node is none's error function or tangent.</summary>
    public static (Node Last, Node X, Layer Layer)? Find(Expressions expressions, Node node) =>
        node.Layer switch
        {
            Erf => expressions.Scaled(expressions.Input(node), MathF.Sqrt(0.5f)) is { } x
                ? Gated(expressions, node, x, new Gelu())
                : null,
            Tanh => expressions.Scaled(expressions.Input(node), MathF.Sqrt(2 / MathF.PI)) is { } sum
            && Argument(expressions, sum) is { } x
                ? Gated(expressions, node, x, new GeluTanh())
                : null,
            _ => null,
        };

    // x + 0.044715 x^3.
    private static Node? Argument(Expressions expressions, Node sum)
    {
        if (sum.Layer is not Add)
            return null;
        foreach ((int first, int second) in (ReadOnlySpan<(int, int)>)[(0, 1), (1, 0)])
        {
            Node x = expressions.Input(sum, first);
            if (
                expressions.Scaled(expressions.Input(sum, second), 0.044715f) is { Layer: Power { Exponent: 3 } } cube
                && expressions.Input(cube) == x
            )
                return x;
        }

        return null;
    }

    // Up to three products may follow the sum with 1.
    private static (Node, Node, Layer)? Gated(Expressions expressions, Node gate, Node x, Layer layer)
    {
        foreach (Node last in expressions.Behind(gate, 5).Where(n => n.Layer is Multiply or ChannelAffine))
        {
            (float number, Node[] factors) = expressions.Product(last, x);
            if (
                factors.Length == 2
                && factors.Contains(x)
                && factors.First(f => f != x) is { } sum
                && expressions.UniformMap(sum) is var (scale, shift)
                && scale == shift
                && expressions.Input(sum) == gate
                && Expressions.IsNear(number * scale, 0.5f)
            )
                return (last, x, layer);
        }

        return null;
    }
}
