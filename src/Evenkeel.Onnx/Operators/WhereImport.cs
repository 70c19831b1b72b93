using Evenkeel.Onnx.Construction;

namespace Evenkeel.Onnx.Operators;

/// <summary>Where by a condition that is the same everywhere: one of two values.</summary>
internal static class WhereImport
{
    public static Value Import(NodeImport node)
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
