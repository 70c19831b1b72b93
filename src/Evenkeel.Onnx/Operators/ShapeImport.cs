using Evenkeel.Onnx.Construction;

namespace Evenkeel.Onnx.Operators;

/// <summary>Operators that give values other dimensions: Reshape, Flatten, Squeeze, Unsqueeze; and Shape, which asks for them.</summary>
internal static class ShapeImport
{
    public static Value Reshape(NodeImport node)
    {
        ComputedValue x = node.ComputedAnywhere(0);
        long[] target = node.IntsOrInput("shape", 1) ?? throw new UnsupportedException("the shape to make is missing");
        (int batch, int[] dimensions) = ReshapeTarget.Resolve(node, x, target);
        return To(node, x, dimensions) with { BatchAxis = batch };
    }

    public static Value Flatten(NodeImport node)
    {
        ComputedValue x = node.Computed(0);
        long axis = node.Int("axis", 1);
        axis = axis < 0 ? axis + x.Rank + 1 : axis;
        if (axis < 1 || axis > x.Rank + 1 || x.Dimensions[..((int)axis - 1)].Any(d => d != 1))
            throw new UnsupportedException($"flattening {x} at axis {axis} mixes the examples of a batch");
        return To(node, x, [x.Count]);
    }

    public static Value Squeeze(NodeImport node)
    {
        ComputedValue x = node.ComputedAnywhere(0);
        long[]? given = node.IntsOrInput("axes", 1);
        int[] axes = given is null
            ? [.. Enumerable.Range(0, x.Rank).Where(a => x.Dimensions[a] == 1)]
            : [.. given.Select(x.ExampleAxis)];
        if (axes.Any(a => a < 0 || x.Dimensions[a] != 1))
            throw new UnsupportedException(
                $"axes [{string.Join(", ", given ?? [])}] of {x} are not all of length 1, or the batch"
            );
        return Without(node, x, axes);
    }

    public static Value Unsqueeze(NodeImport node)
    {
        ComputedValue x = node.ComputedAnywhere(0);
        long[] given = node.IntsOrInput("axes", 1) ?? throw new UnsupportedException("axes is missing");
        int rank = x.Rank + 1 + given.Length;
        HashSet<int> axes = [.. given.Select(a => Axis.FromFront(a, rank))];
        if (axes.Count != given.Length)
            throw new UnsupportedException($"axes [{string.Join(", ", given)}] has one twice");
        var rest = new Queue<long>(x.FileDimensions);
        long[] made = [.. Enumerable.Range(0, rank).Select(a => axes.Contains(a) ? 1 : rest.Dequeue())];
        int batch = Array.IndexOf(made, ConstantTensor.BatchSize);
        return To(node, x, [.. made.Where((_, a) => a != batch).Select(d => (int)d)]) with { BatchAxis = batch };
    }

    public static Value Shape(NodeImport node)
    {
        long[] part = Part(node, node.ComputedAnywhere(0).FileDimensions);
        return new Constant(new ConstantTensor(part, part.Length));
    }

    /// <summary>A value without some dimensions of one example, each of length 1.</summary>
    public static ComputedValue Without(NodeImport node, ComputedValue x, int[] axes) =>
        To(node, x, [.. x.Dimensions.Where((_, a) => !axes.Contains(a))]) with
        {
            BatchAxis = x.BatchAxis - axes.Count(a => a < x.BatchAxis),
        };

    /// <summary>The dimensions of a shape that the node asks for.</summary>
    public static long[] Part(NodeImport node, long[] shape)
    {
        int start = Bound(node.Int("start", 0), shape.Length),
            end = Bound(node.Int("end", shape.Length), shape.Length);
        return start < end ? shape[start..end] : [];
    }

    /// <summary>A value under other dimensions; its values stay where they are if its channels do.</summary>
    public static ComputedValue To(NodeImport node, ComputedValue x, int[] dimensions)
    {
        ImportedGraph network = node.Network;
        if (x.Dimensions.SequenceEqual(dimensions))
            return x;
        if (x.Layout == Layout.Flattened && dimensions.SequenceEqual(x.Source!))
            return network.Renamed(node.OwnName, x, dimensions, Layout.ChannelsLast);
        bool onlyChannels = dimensions.Length > 1 && x.Rank == 1 && dimensions[0] == x.Count;
        if (onlyChannels)
            return network.Renamed(node.OwnName, network.RowMajor(x), dimensions, Layout.ChannelsLast);
        if (x.Layout == Layout.ChannelsLast && dimensions.Length == 1)
        {
            bool sameOrder = x.Dimensions[0] == 1 || x.Dimensions[0] == x.Count;
            return sameOrder
                ? network.Renamed(node.OwnName, x, dimensions, Layout.RowMajor)
                : network.Renamed(node.OwnName, x, dimensions, Layout.Flattened, x.Dimensions);
        }

        if (x.Layout == Layout.ChannelsLast && dimensions.Length > 1 && dimensions[0] == x.Dimensions[0])
            return network.Renamed(node.OwnName, x, dimensions, Layout.ChannelsLast);
        return network.Renamed(node.OwnName, network.RowMajor(x), dimensions, Layout.RowMajor);
    }

    private static int Bound(long index, int length) => (int)Math.Clamp(index < 0 ? index + length : index, 0, length);
}
