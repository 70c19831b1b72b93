using Evenkeel.Layers;
using Evenkeel.Onnx.Import;

namespace Evenkeel.Onnx.Operators;

/// <summary>Operators that change no value in inference: Identity, Cast between floats, Dropout.</summary>
internal static class PassingImport
{
    public static void Identity(NodeImport node) => node.Set(node.Signal(0));

    public static void Cast(NodeImport node)
    {
        var type = (TensorType)node.Int("to", (int)TensorType.Float);
        if (!TensorTypes.IsFloat(type))
            throw new UnsupportedException($"values are cast to element type {(int)type}");
        if (type != TensorType.Float)
            node.Note($"values are cast to {type} in the file and stay float32 here");
        node.Set(node.Signal(0));
    }

    /// <summary>One of two values by a condition that is the same everywhere.</summary>
    public static void Where(NodeImport node)
    {
        float[] condition = node.Constant(0).Floats;
        bool first = condition.Length > 0 && condition[0] != 0;
        if (condition.Any(c => c != 0 != first))
            throw new UnsupportedException("its condition differs from place to place");
        Signal chosen = node.Signal(first ? 1 : 2);
        if (node.Get(first ? 2 : 1) is Signal other && !other.Dimensions.SequenceEqual(chosen.Dimensions))
            throw new UnsupportedException($"{chosen} would be repeated to fit {other}");
        node.Set(chosen);
    }

    public static void CastLike(NodeImport node) =>
        node.Set(
            node.Get(1) is Constant { Tensor.IsInteger: true }
                ? throw new UnsupportedException("values are cast to whole numbers")
                : node.Signal(0)
        );

    public static void Dropout(NodeImport node)
    {
        float rate = node.Opset < 12 ? node.Float("ratio", 0.5f) : node.OptionalConstant(1)?.Scalar ?? 0.5f;
        if (!(rate >= 0 && rate < 1))
            throw new UnsupportedException($"ratio must be in [0, 1), not {rate}");
        if (node.OptionalConstant(2) is { } training && training.Scalar != 0)
            node.Note("it is in training mode; a model drops values while training only");
        Signal x = node.Signal(0);
        node.Set(rate == 0 ? x : node.Network.Append(node.OwnName, new Dropout(rate), x));
    }
}
