using Evenkeel.Onnx.Construction;

namespace Evenkeel.Onnx.Operators;

/// <summary>Operators that pass values on as they are: Identity, Cast between floats.</summary>
internal static class IdentityImport
{
    public static Value Identity(NodeImport node) => node.Computed(0);

    public static Value Cast(NodeImport node)
    {
        var type = (TensorType)node.Int("to", (int)TensorType.Float);
        if (!TensorTypes.IsFloat(type))
            throw new UnsupportedException($"values are cast to element type {(int)type}");
        if (type != TensorType.Float)
            node.Note($"values are cast to {type} in the file and stay float32 here");
        return node.Computed(0);
    }

    public static Value CastLike(NodeImport node) =>
        node.Get(1) is Constant { Tensor.IsInteger: true }
            ? throw new UnsupportedException("values are cast to whole numbers")
            : node.Computed(0);
}
