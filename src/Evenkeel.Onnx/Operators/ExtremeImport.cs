using Evenkeel.Layers;
using Evenkeel.Onnx.Import;

namespace Evenkeel.Onnx.Operators;

/// <summary>Max and Min of any number of computed values and constants.</summary>
internal static class ExtremeImport
{
    public static void Max(NodeImport node) =>
        Import(node, new Maximum(), limit => new Clip(limit, float.PositiveInfinity));

    public static void Min(NodeImport node) =>
        Import(node, new Minimum(), limit => new Clip(float.NegativeInfinity, limit));

    private static void Import(NodeImport node, Arithmetic layer, Func<float, Clip> limited)
    {
        Value[] values = [.. Enumerable.Range(0, node.InputCount).Select(node.Get)];
        Signal y = values.OfType<Signal>().Aggregate((a, b) => ArithmeticImport.OfSignals(node, layer, a, b));
        foreach (ConstantTensor tensor in values.OfType<Constant>().Select(c => c.Tensor))
            y = tensor.Same is { } limit
                ? node.Network.Append(node.OwnName, limited(limit), ArithmeticImport.Stretched(node, y, tensor))
                : ArithmeticImport.OfSignals(node, layer, y, ArithmeticImport.Stored(node, y, tensor));
        node.Set(y);
    }
}
