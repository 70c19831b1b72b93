using Evenkeel.Layers;
using Evenkeel.Onnx.Construction;

namespace Evenkeel.Onnx.Operators;

/// <summary>Operators that pass values on as they are in inference: Identity, Cast between floats, Dropout, and Where of one condition.</summary>
internal static class IdentityImport
{
    public static Value Identity(NodeImport node) => node.ComputedAnywhere(0);

    public static Value Cast(NodeImport node)
    {
        var type = (TensorType)node.Int("to", (int)TensorType.Float);
        if (!TensorTypes.IsFloat(type))
            throw new UnsupportedException($"values are cast to element type {(int)type}");
        if (type != TensorType.Float)
            node.Note($"values are cast to {type} in the file and stay float32 here");
        return node.ComputedAnywhere(0);
    }

    public static Value CastLike(NodeImport node) =>
        node.Get(1) is Constant { Tensor.IsInteger: true }
            ? throw new UnsupportedException("values are cast to whole numbers")
            : node.ComputedAnywhere(0);

    public static Value Dropout(NodeImport node)
    {
        float rate = node.Opset < 12 ? node.Float("ratio", 0.5f) : node.OptionalConstant(1)?.Scalar ?? 0.5f;
        if (!(rate >= 0 && rate < 1))
            throw new UnsupportedException($"ratio must be in [0, 1), not {rate}");
        if (node.OptionalConstant(2) is { } training && training.Scalar != 0)
            node.Note("it is in training mode; a model drops values while training only");
        ComputedValue x = node.ComputedAnywhere(0);
        return rate == 0 ? x : node.Network.Append(node.OwnName, new Dropout(rate), x);
    }

    /// <summary>One of two values, by a condition that is the same everywhere.</summary>
    public static Value Where(NodeImport node)
    {
        float[] condition = node.Constant(0).Floats;
        bool first = condition.Length > 0 && condition[0] != 0;
        if (condition.Any(c => c != 0 != first))
            throw new UnsupportedException("its condition differs from place to place");
        ComputedValue chosen = node.Computed(first ? 1 : 2);
        if (node.Get(first ? 2 : 1) is ComputedValue other && !other.Dimensions.SequenceEqual(chosen.Dimensions))
            throw new UnsupportedException($"{chosen} would be repeated to fit {other}");
        return chosen;
    }
}
