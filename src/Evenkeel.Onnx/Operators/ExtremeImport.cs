using Evenkeel.Layers;
using Evenkeel.Onnx.Construction;

namespace Evenkeel.Onnx.Operators;

/// <summary>Max and Min of any number of computed values and constants.</summary>
internal static class ExtremeImport
{
    public static Value Max(NodeImport node) =>
        Import(node, new Maximum(), limit => new Clip(limit, float.PositiveInfinity));

    public static Value Min(NodeImport node) =>
        Import(node, new Minimum(), limit => new Clip(float.NegativeInfinity, limit));

    private static ComputedValue Import(NodeImport node, Arithmetic layer, Func<float, Clip> limited)
    {
        ILookup<bool, int> inputs = Enumerable.Range(0, node.InputCount).ToLookup(i => node.Get(i) is Constant);
        ComputedValue y = inputs[false]
            .Select(node.Computed)
            .Aggregate((a, b) => ArithmeticImport.OfComputed(node, layer, a, b));
        foreach (ConstantTensor tensor in inputs[true].Select(node.Constant))
            y = tensor.Same is { } limit
                ? node.Network.Append(node.OwnName, limited(limit), ArithmeticImport.Expanded(node, y, tensor))
                : ArithmeticImport.OfComputed(node, layer, y, ArithmeticImport.Stored(node, y, tensor));
        return y;
    }
}
