using Evenkeel.Layers;
using Evenkeel.Onnx.Construction;

namespace Evenkeel.Onnx.Operators;

/// <summary>Nonlinearities that keep shape and order, and local response normalisation.</summary>
internal static class ActivationImport
{
    /// <summary>An operator without attributes.</summary>
    public static Func<NodeImport, Value> Plain(UnaryFunction function) => node => Append(node, function);

    public static Value Gelu(NodeImport node) =>
        Append(
            node,
            node.Text("approximate", "none") switch
            {
                "none" => new Gelu(),
                "tanh" => new GeluTanh(),
                string other => throw new UnsupportedException($"the approximation {other} is unknown"),
            }
        );

    public static Value LeakyRelu(NodeImport node) => Append(node, new LeakyRelu(node.Float("alpha", 0.01f)));

    public static Value Elu(NodeImport node) => Append(node, new Elu(node.Float("alpha", 1)));

    public static Value HardSigmoid(NodeImport node) =>
        Append(node, new HardSigmoid(node.Float("alpha", 0.2f), node.Float("beta", 0.5f)));

    /// <summary>gamma times ELU.</summary>
    public static Value Selu(NodeImport node)
    {
        var elu = new Elu(node.Float("alpha", 1.67326319217681884765625f));
        ComputedValue y = node.Network.Append(node.OwnName, elu, node.Computed(0));
        return ArithmeticImport.Scaled(node, y, node.Float("gamma", 1.05070102214813232421875f));
    }

    /// <summary>A leaky ReLU if it has one slope; of several, max(x, 0) - slope max(-x, 0), whose slopes are fixed.</summary>
    public static Value ParametricRelu(NodeImport node)
    {
        ComputedValue x = node.Computed(0);
        ConstantTensor slopes = node.Constant(1);
        if (slopes.Count == 1)
            return Append(node, new LeakyRelu(slopes.Scalar));
        // One slope per channel was a row before version 7, and is laid out like any other operand since.
        if (node.Opset < 7 && slopes.Rank == 1)
            slopes = slopes.Reshaped([slopes.Count, .. Enumerable.Repeat(1L, x.Rank - 1)]);
        ComputedValue positive = node.Network.Append($"{node.OwnName}.positive", new Relu(), x);
        ComputedValue negative = node.Network.Append(
            $"{node.OwnName}.negative",
            new Relu(),
            ArithmeticImport.Scaled(node, x, -1)
        );
        return ArithmeticImport.Added(node, positive, ArithmeticImport.Scaled(node, negative, slopes, -1));
    }

    /// <summary>Limits are attributes up to version 6 and inputs since 11; each may be left out.</summary>
    public static Value Clip(NodeImport node)
    {
        float min = Limit(node, "min", 1, float.NegativeInfinity),
            max = Limit(node, "max", 2, float.PositiveInfinity);
        return Append(node, new Clip(min, max));
    }

    public static Value LocalResponse(NodeImport node)
    {
        ComputedValue x = node.Computed(0);
        int size = checked((int)node.Int("size", 0));
        var layer = new LocalResponseNorm(
            size,
            node.Float("alpha", 1e-4f),
            node.Float("beta", 0.75f),
            node.Float("bias", 1)
        );
        // Of an even size, layers have the odd channel in front and files behind.
        if (size % 2 == 0)
            throw new UnsupportedException($"a window of {size} channels is not symmetric");
        return node.Network.Append(
            node.Name,
            layer,
            x.Rank > 1 ? node.Network.ChannelsLast(x) : node.Network.RowMajor(x)
        );
    }

    private static float Limit(NodeImport node, string attribute, int input, float defaultValue) =>
        node.Opset < 11 ? node.Float(attribute, defaultValue) : node.OptionalConstant(input)?.Scalar ?? defaultValue;

    private static ComputedValue Append(NodeImport node, UnaryFunction function) =>
        node.Network.Append(node.OwnName, function, node.ComputedAnywhere(0));
}
