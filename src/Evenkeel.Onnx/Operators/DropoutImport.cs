using Evenkeel.Layers;
using Evenkeel.Onnx.Construction;

namespace Evenkeel.Onnx.Operators;

/// <summary>Dropout, which changes no value in inference.</summary>
internal static class DropoutImport
{
    public static Value Import(NodeImport node)
    {
        float rate = node.Opset < 12 ? node.Float("ratio", 0.5f) : node.OptionalConstant(1)?.Scalar ?? 0.5f;
        if (!(rate >= 0 && rate < 1))
            throw new UnsupportedException($"ratio must be in [0, 1), not {rate}");
        if (node.OptionalConstant(2) is { } training && training.Scalar != 0)
            node.Note("it is in training mode; a model drops values while training only");
        ComputedValue x = node.Computed(0);
        return rate == 0 ? x : node.Network.Append(node.OwnName, new Dropout(rate), x);
    }
}
