using Evenkeel.Graphs;
using Evenkeel.Layers;

namespace Evenkeel.Onnx.Import;

/// <summary>Layer normalisation as files write it where their version has no operator: (x - mean) / sqrt(mean of squares + epsilon).</summary>
internal static class WrittenLayerNorm
{
    /// <summary>What is normalised, and how, if the node is the quotient of a written-out layer normalisation.</summary>
    public static (Node X, LayerNorm Layer)? Find(Expressions expressions, Node quotient)
    {
        if (quotient.Layer is not (Divide or Multiply))
            return null;
        Node centered = expressions.Input(quotient);
        if (Variance(expressions, quotient) is not var (variance, epsilon) || centered.Layer is not Subtract)
            return null;
        Node x = expressions.Input(centered),
            mean = expressions.Unexpanded(expressions.Input(centered, 1));
        bool fits =
            mean.Layer is ReduceMean reduced
            && variance.Layer is ReduceMean other
            && reduced == other
            && expressions.Input(mean) == x
            && IsSquare(expressions, expressions.Input(variance), centered);
        int rank = x.Shape.Dimensions.Length;
        int count = fits ? ((ReduceMean)mean.Layer).Axes.Count : 0;
        bool last = fits && ((ReduceMean)mean.Layer).Axes.SequenceEqual(Enumerable.Range(rank - count, count));
        return last && epsilon > 0 ? (x, new LayerNorm { Dimensions = count, Epsilon = epsilon }) : null;
    }

    // The divisor is the root of variance + epsilon; a factor is its inverse.
    private static (Node Variance, float Epsilon)? Variance(Expressions expressions, Node quotient)
    {
        Node deviation = expressions.Unexpanded(expressions.Input(quotient, 1));
        Node? sum = (quotient.Layer, deviation.Layer) switch
        {
            (Divide, Sqrt) => expressions.Input(deviation),
            (Multiply, Power { Exponent: -0.5f }) => expressions.Input(deviation),
            (Multiply, Reciprocal) when expressions.Input(deviation) is { Layer: Sqrt } root => expressions.Input(root),
            _ => null,
        };
        return sum is not null && expressions.UniformMap(sum) is (1, var epsilon)
            ? (expressions.Input(sum), epsilon)
            : null;
    }

    private static bool IsSquare(Expressions expressions, Node square, Node x) =>
        square.Layer is Power { Exponent: 2 } or Multiply
        && Enumerable.Range(0, square.Inputs.Length).All(i => expressions.Input(square, i) == x);
}
