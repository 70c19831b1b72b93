using Evenkeel.Onnx.Import;

namespace Evenkeel.Onnx.Operators;

/// <summary>Operators that give values other dimensions: Reshape, Flatten, Squeeze, Unsqueeze; and Shape, which asks for them.</summary>
internal static class ShapeImport
{
    public static void Reshape(NodeImport node)
    {
        Signal x = node.Signal(0);
        long[] target = node.IntsOrInput("shape", 1) ?? throw new UnsupportedException("the shape to make is missing");
        node.Set(To(node, x, ReshapeTarget.Resolve(node, x, target)));
    }

    public static void Flatten(NodeImport node)
    {
        Signal x = node.Signal(0);
        long axis = node.Int("axis", 1);
        axis = axis < 0 ? axis + x.Rank + 1 : axis;
        if (axis < 1 || axis > x.Rank + 1 || x.Dimensions[..((int)axis - 1)].Any(d => d != 1))
            throw new UnsupportedException($"flattening {x} at axis {axis} mixes the examples of a batch");
        node.Set(To(node, x, [x.Count]));
    }

    public static void Squeeze(NodeImport node)
    {
        Placed placed = node.Placed(0);
        Signal x = placed.Signal;
        long[]? given = node.IntsOrInput("axes", 1);
        int[] axes = given is null
            ? [.. Enumerable.Range(0, x.Rank).Where(a => x.Dimensions[a] == 1)]
            : [.. given.Select(placed.Axis)];
        if (axes.Any(a => a < 0 || x.Dimensions[a] != 1))
            throw new UnsupportedException(
                $"axes [{string.Join(", ", given ?? [])}] of {x} are not all of length 1, or the batch"
            );
        node.Set(placed.Without(To(node, x, [.. x.Dimensions.Where((_, a) => !axes.Contains(a))]), axes).Value);
    }

    public static void Unsqueeze(NodeImport node)
    {
        Signal x = node.Signal(0);
        long[] given = node.IntsOrInput("axes", 1) ?? throw new UnsupportedException("axes is missing");
        int rank = x.Rank + 1 + given.Length;
        HashSet<int> axes = [.. given.Select(a => SoftmaxImport.Axis(a, rank))];
        if (axes.Contains(0) || axes.Count != given.Length)
            throw new UnsupportedException("it puts a dimension before the batch, or one twice");
        var rest = new Queue<int>(x.Dimensions);
        node.Set(To(node, x, [.. Enumerable.Range(1, rank - 1).Select(a => axes.Contains(a) ? 1 : rest.Dequeue())]));
    }

    public static void Shape(NodeImport node)
    {
        Signal x = node.Signal(0);
        long[] part = Part(node, [ConstantTensor.BatchSize, .. x.Dimensions.Select(d => (long)d)]);
        node.Set(new Constant(new ConstantTensor(part, part.Length)));
    }

    /// <summary>The dimensions of a shape that the node asks for.</summary>
    public static long[] Part(NodeImport node, long[] shape)
    {
        int start = Bound(node.Int("start", 0), shape.Length),
            end = Bound(node.Int("end", shape.Length), shape.Length);
        return start < end ? shape[start..end] : [];
    }

    /// <summary>A signal under other dimensions; its values stay where they are if its channels do.</summary>
    public static Signal To(NodeImport node, Signal x, int[] dimensions)
    {
        Assembly network = node.Network;
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
