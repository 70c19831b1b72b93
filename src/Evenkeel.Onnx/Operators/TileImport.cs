using Evenkeel.Onnx.Construction;

namespace Evenkeel.Onnx.Operators;

/// <summary>Tile of everything but the batch: a dimension of length 1 is broadcast, another one joined to itself.</summary>
internal static class TileImport
{
    private const int MaxRepeats = 1 << 10;

    public static Value Import(NodeImport node)
    {
        ComputedValue x = node.Computed(0);
        long[] repeats = node.Constant(1).Integers;
        if (repeats.Length != x.Rank + 1 || repeats[0] != 1 || repeats.Any(r => r is < 1 or > MaxRepeats))
            throw new UnsupportedException(
                $"repeats of [{string.Join(", ", repeats)}] do not fit {x}, whose batch must stay as it is"
            );
        int[] expanded = [.. x.Dimensions.Select((d, axis) => d == 1 ? (int)repeats[axis + 1] : d)];
        ComputedValue y = ArithmeticImport.Expanded(node, x, expanded);
        for (int axis = 0; axis < x.Rank; axis++)
        {
            if (x.Dimensions[axis] > 1 && repeats[axis + 1] > 1)
                y = ConcatImport.Joined(node, [.. Enumerable.Repeat(y, (int)repeats[axis + 1])], axis);
        }

        return y;
    }
}
