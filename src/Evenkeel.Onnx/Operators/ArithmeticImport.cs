using Evenkeel.Graphs;
using Evenkeel.Layers;
using Evenkeel.Onnx.Construction;

namespace Evenkeel.Onnx.Operators;

/// <summary>Add, Sub, Mul and Div of computed values, and of a computed value and a constant; Sum and Neg, which are made of them.</summary>
internal static class ArithmeticImport
{
    public static Value Add(NodeImport node) => Import(node, new Add(), (c, _) => (1, c));

    /// <summary>Of any number of values, one after the other.</summary>
    public static Value Sum(NodeImport node)
    {
        Value sum = node.Get(0);
        for (int i = 1; i < node.InputCount; i++)
            sum = Combined(node, new Add(), sum, node.Get(i), (c, _) => (1, c));
        return sum;
    }

    public static Value Negate(NodeImport node) => Scaled(node, node.Computed(0), -1);

    public static Value Subtract(NodeImport node) =>
        Import(node, new Subtract(), (c, constantFirst) => constantFirst ? (-1, c) : (1, -c));

    public static Value Multiply(NodeImport node) => Import(node, new Multiply(), (c, _) => (c, 0));

    public static Value Divide(NodeImport node) =>
        (node.Get(0), node.Get(1)) is (Constant dividend, ComputedValue x)
            ? OfComputed(node, new Divide(), Stored(node, x, dividend.Tensor), x)
            : Import(node, new Divide(), (c, _) => (1 / c, 0));

    /// <summary>Expand to a shape that keeps the batch, or of a constant to as many examples as there are.</summary>
    public static Value Expand(NodeImport node)
    {
        if (node.Get(0) is Constant value)
            return ConstantImport.Repeated(node, value.Tensor, node.Constant(1).Integers);
        ComputedValue x = node.Computed(0);
        long[] target = node.Constant(1).Integers;
        long[] shape = [.. Enumerable.Repeat(1L, Math.Max(0, x.Rank + 1 - target.Length)), .. target];
        bool keeps =
            shape.Length == x.Rank + 1 && (shape[0] is 1 or ConstantTensor.BatchSize || shape[0] == node.FixedBatch);
        if (!keeps || shape.Skip(1).Any(d => d is < 1 or > int.MaxValue))
            throw new UnsupportedException($"[{string.Join(", ", target)}] would repeat the examples of {x}");
        return Expanded(node, x, Broadcast(x.Dimensions, [.. shape.Skip(1).Select(d => (int)d)]));
    }

    /// <summary>A constant as a layer beside a value, in the value's order.</summary>
    public static ComputedValue Stored(NodeImport node, ComputedValue beside, ConstantTensor tensor)
    {
        int[] dimensions = PerExample(tensor, beside);
        Layout layout = beside.Layout == Layout.Flattened ? Layout.RowMajor : beside.Layout;
        var layer = new ConstantValue(ComputedValue.ShapeOf(dimensions, layout)) { Trainable = false };
        ComputedValue stored = node.Network.Append(
            $"{node.OwnName}.constant",
            layer,
            [node.Network.Input],
            dimensions,
            layout
        );
        node.Network.Fill(stored, "value", stored.ToMemory(tensor.Floats));
        return stored with { BatchAxis = beside.BatchAxis };
    }

    /// <summary>A value repeated to the shape that an operation with a constant has.</summary>
    public static ComputedValue Expanded(NodeImport node, ComputedValue x, ConstantTensor tensor) =>
        Expanded(node, x, Broadcast(x.Dimensions, PerExample(tensor, x)));

    /// <summary>The value with every dimension of length 1 repeated where the target is longer.</summary>
    public static ComputedValue Expanded(NodeImport node, ComputedValue x, int[] dimensions)
    {
        if (x.Dimensions.SequenceEqual(dimensions))
            return x;
        if (x.Layout == Layout.Flattened)
            x = node.Network.RowMajor(x);
        var layer = new Expand(ComputedValue.ShapeOf(dimensions, x.Layout));
        ComputedValue expanded = node.Network.Append($"{node.OwnName}.expand", layer, [x], dimensions, x.Layout);
        return expanded with { BatchAxis = x.BatchAxis };
    }

    /// <summary>The sum of two values.</summary>
    public static ComputedValue Added(NodeImport node, ComputedValue a, ComputedValue b) =>
        OfComputed(node, new Add(), a, b);

    /// <summary>A value times one number.</summary>
    public static ComputedValue Scaled(NodeImport node, ComputedValue x, float factor) =>
        Scaled(node, x, new ConstantTensor([factor]), 1);

    /// <summary>A value times a tensor, which is broadcast where the value is longer, and times a number.</summary>
    public static ComputedValue Scaled(NodeImport node, ComputedValue x, ConstantTensor tensor, float factor) =>
        WithConstant(node, x, tensor, c => (factor * c, 0));

    private static ComputedValue Import(
        NodeImport node,
        Layer layer,
        Func<float, bool, (float Scale, float Shift)> affine
    ) => Combined(node, layer, node.Get(0), node.Get(1), affine);

    private static ComputedValue Combined(
        NodeImport node,
        Layer layer,
        Value first,
        Value second,
        Func<float, bool, (float Scale, float Shift)> affine
    ) =>
        (first, second) switch
        {
            (ComputedValue a, ComputedValue b) => OfComputed(node, layer, a, b),
            (ComputedValue a, Constant b) => WithConstant(node, a, Aligned(node, a, b.Tensor), c => affine(c, false)),
            (Constant a, ComputedValue b) => WithConstant(node, b, a.Tensor, c => affine(c, true)),
            _ => throw new UnsupportedException("it has no value to compute from"),
        };

    /// <summary>An operation on two values, each repeated where the other is longer.</summary>
    public static ComputedValue OfComputed(NodeImport node, Layer layer, ComputedValue a, ComputedValue b)
    {
        if (a.Rank != b.Rank || a.BatchAxis != b.BatchAxis)
            throw new UnsupportedException($"{a} and {b} differ in the number of dimensions or in where the batch is");
        bool alike =
            a.Layout == b.Layout
            && (a.Source ?? []).SequenceEqual(b.Source ?? [])
            && (a.Layout != Layout.Flattened || a.Dimensions.SequenceEqual(b.Dimensions));
        if (!alike)
            (a, b) = (node.Network.ChannelsLast(a), node.Network.ChannelsLast(b));
        int[] dimensions = Broadcast(a.Dimensions, b.Dimensions);
        return node.Network.Append(node.OwnName, layer, Expanded(node, a, dimensions), Expanded(node, b, dimensions));
    }

    /// <summary>Before version 7 the second operand was laid along an axis by attribute.</summary>
    public static ConstantTensor Aligned(NodeImport node, ComputedValue x, ConstantTensor tensor)
    {
        if (node.Opset >= 7 || node.Int("broadcast", 0) == 0 || !node.HasAttribute("axis"))
            return tensor;
        int behind = x.Rank + 1 - Axis.FromFront(node.Int("axis", 0), x.Rank + 1) - tensor.Rank;
        return behind < 0
            ? throw new UnsupportedException($"{tensor} does not fit {x} along that axis")
            : tensor.Reshaped([.. tensor.Dimensions, .. Enumerable.Repeat(1L, behind)]);
    }

    private static ComputedValue WithConstant(
        NodeImport node,
        ComputedValue x,
        ConstantTensor tensor,
        Func<float, (float Scale, float Shift)> affine
    )
    {
        int[] own = PerExample(tensor, x);
        x = Expanded(node, x, Broadcast(x.Dimensions, own));
        int channel = x.Layout == Layout.RowMajor ? x.Rank - 1 : 0;
        bool perChannel = own.Where((d, axis) => axis != channel).All(d => d == 1);
        int[] wanted = perChannel ? [x.Rank > 0 ? x.Dimensions[channel] : 1] : x.Dimensions;
        float[] values = perChannel
            ? Broadcasting.To(tensor.Reshaped(tensor.Count), Longs(wanted)).Floats
            : Broadcasting.To(tensor.Reshaped([.. own]), Longs(wanted)).Floats;
        if (!perChannel || x.Layout == Layout.Flattened)
            values = x.ToMemory(values);
        (float Scale, float Shift)[] maps = Array.ConvertAll(values, v => affine(v));
        if (maps.All(m => m is { Scale: 1, Shift: 0 }))
            return x;
        ComputedValue row = perChannel ? x : node.Network.Renamed($"{node.OwnName}.row", x, [x.Count], Layout.RowMajor);
        ComputedValue y = node.Network.Append(node.Name, new ChannelAffine { Trainable = false }, row);
        node.Network.Fill(y, "weight", Array.ConvertAll(maps, m => m.Scale));
        node.Network.Fill(y, "bias", Array.ConvertAll(maps, m => m.Shift));
        ComputedValue image = perChannel
            ? y
            : node.Network.Renamed($"{node.OwnName}.image", y, x.Dimensions, x.Layout, x.Source);
        return image with { BatchAxis = x.BatchAxis };
    }

    private static long[] Longs(int[] dimensions) => [.. dimensions.Select(d => (long)d)];

    private static int[] PerExample(ConstantTensor tensor, ComputedValue x)
    {
        int rank = x.Rank + 1;
        IEnumerable<long> dimensions = tensor.Dimensions;
        while (dimensions.Count() > rank && dimensions.First() == 1)
            dimensions = dimensions.Skip(1);
        long[] full = [.. Enumerable.Repeat(1L, Math.Max(0, rank - dimensions.Count())), .. dimensions];
        return full.Length == rank && full[x.BatchAxis] == 1 && tensor.Count > 0
            ? [.. full.Where((_, axis) => axis != x.BatchAxis).Select(d => (int)d)]
            : throw new UnsupportedException($"a constant of {tensor} would differ from example to example of {x}");
    }

    private static int[] Broadcast(int[] a, int[] b) =>
        [
            .. a.Zip(
                b,
                (m, n) =>
                    m == n || n == 1 ? m
                    : m == 1 ? n
                    : throw new UnsupportedException($"dimensions {m} and {n} do not fit each other")
            ),
        ];
}
