using Evenkeel.Layers;
using Evenkeel.Onnx.Construction;

namespace Evenkeel.Onnx.Operators;

/// <summary>Normalisation within an example: LayerNormalization, InstanceNormalization and GroupNormalization.</summary>
internal static class ExampleNormImport
{
    public static Value Layer(NodeImport node)
    {
        ComputedValue x = node.Computed(0);
        int axis = Axis.FromFront(node.Int("axis", -1), x.Rank + 1) - 1;
        if (axis < 0)
            throw new UnsupportedException("it runs over the batch");
        // All of an example may lie in any order.
        if (axis > 0)
            x = node.Network.RowMajor(x);
        int[] dimensions = x.Dimensions[axis..];
        var layer = new LayerNorm { Dimensions = x.Shape.Dimensions.Length - axis, Epsilon = Epsilon(node) };
        ComputedValue y = node.Network.Append(node.Name, layer, x);
        float[] values(ConstantTensor? tensor, float defaultValue)
        {
            tensor ??= new ConstantTensor([defaultValue]);
            float[] all = Broadcasting.To(tensor, [.. dimensions.Select(d => (long)d)]).Floats;
            return axis > 0 ? [.. all] : y.ToMemory(all);
        }

        node.Network.Fill(y, "weight", values(node.OptionalConstant(1), 1));
        node.Network.Fill(y, "bias", values(node.OptionalConstant(2), 0));
        return y;
    }

    public static Value Instance(NodeImport node) =>
        PerChannel(node, new InstanceNorm { Epsilon = Epsilon(node) }, repeats: 1);

    /// <summary>Scale and shift belong to groups up to version 20 and to channels since.</summary>
    public static Value Group(NodeImport node)
    {
        var layer = new GroupNorm(checked((int)node.Int("num_groups", 0))) { Epsilon = Epsilon(node) };
        int channels = node.Computed(0) is { Rank: > 0 } x ? x.Dimensions[0] : 0;
        return PerChannel(node, layer, node.Opset < 21 && layer.Groups > 0 ? channels / layer.Groups : 1);
    }

    private static ComputedValue PerChannel(NodeImport node, ExampleNorm layer, int repeats)
    {
        ComputedValue x = node.Network.ChannelsLast(node.Computed(0));
        ComputedValue y = node.Network.Append(node.Name, layer, x);
        string[] tensors = ["weight", "bias"];
        for (int i = 0; i < tensors.Length; i++)
        {
            ConstantTensor tensor = node.Constant(i + 1);
            float[] values = [.. tensor.Floats.SelectMany(v => Enumerable.Repeat(v, repeats))];
            if (values.Length != x.Dimensions[0])
                throw new UnsupportedException($"its {tensors[i]} is {tensor}, which does not fit {x}");
            node.Network.Fill(y, tensors[i], values);
        }

        return y;
    }

    private static float Epsilon(NodeImport node) => node.Float("epsilon", 1e-5f);
}
