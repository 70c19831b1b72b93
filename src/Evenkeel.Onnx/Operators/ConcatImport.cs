using Evenkeel.Layers;
using Evenkeel.Onnx.Construction;

namespace Evenkeel.Onnx.Operators;

/// <summary>Concat along any axis but the batch.</summary>
internal static class ConcatImport
{
    public static Value Import(NodeImport node)
    {
        ComputedValue[] inputs = [.. Enumerable.Range(0, node.InputCount).Select(node.ComputedAnywhere)];
        (int rank, int batch) = (inputs[0].Rank, inputs[0].BatchAxis);
        int axis = inputs[0].ExampleAxis(node.Int("axis", 1));
        if (axis < 0)
            throw new UnsupportedException("it joins along the batch");
        if (inputs.Any(i => i.Rank != rank || i.BatchAxis != batch))
            throw new UnsupportedException(
                $"its inputs {string.Join(" and ", inputs.AsEnumerable())} differ in the number of dimensions or in where the batch is"
            );
        return inputs.Length == 1 ? inputs[0] : Joined(node, inputs, axis) with { BatchAxis = batch };
    }

    /// <summary>Several values as one, end to end along an axis.</summary>
    public static ComputedValue Joined(NodeImport node, ComputedValue[] inputs, int axis)
    {
        int[] dimensions = [.. inputs[0].Dimensions];
        dimensions[axis] = inputs.Aggregate(0, (sum, i) => checked(sum + i.Dimensions[axis]));
        return axis == 0 && dimensions.Length > 1
            ? Channels(node, inputs, dimensions)
            : Along(node, inputs, axis, dimensions);
    }

    private static ComputedValue Channels(NodeImport node, ComputedValue[] inputs, int[] dimensions) =>
        node.Network.Append(
            node.OwnName,
            new Concat(inputs.Length),
            [.. inputs.Select(node.Network.ChannelsLast)],
            dimensions,
            Layout.ChannelsLast
        );

    // Layers join the last dimension; another one becomes it and goes back.
    private static ComputedValue Along(NodeImport node, ComputedValue[] inputs, int axis, int[] dimensions)
    {
        ComputedValue[] rows = [.. inputs.Select(node.Network.RowMajor)];
        rows = [.. rows.Select(r => TransposeImport.AxisLast(node, r, axis))];
        int[] joined = [.. dimensions.Where((_, a) => a != axis), dimensions[axis]];
        ComputedValue y = node.Network.Append(node.OwnName, new Concat(rows.Length), rows, joined, Layout.RowMajor);
        return TransposeImport.AxisBack(node, y, axis);
    }
}
