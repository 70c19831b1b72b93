using Evenkeel.Layers;
using Evenkeel.Onnx.Construction;

namespace Evenkeel.Onnx.Operators;

/// <summary>Pow of computed values and constants.</summary>
internal static class PowerImport
{
    public static Value Import(NodeImport node) =>
        (node.Get(0), node.Get(1)) switch
        {
            (ComputedValue x, Constant exponents) => ByConstant(
                node,
                x,
                ArithmeticImport.Aligned(node, x, exponents.Tensor)
            ),
            (Constant numbers, ComputedValue x) => Raised(node, ArithmeticImport.Stored(node, x, numbers.Tensor), x),
            (ComputedValue x, ComputedValue exponents) => Raised(node, x, exponents),
            _ => throw new UnsupportedException("it has no value to compute from"),
        };

    private static ComputedValue Raised(NodeImport node, ComputedValue x, ComputedValue exponents) =>
        ArithmeticImport.OfComputed(node, new Raise(), x, exponents);

    private static ComputedValue ByConstant(NodeImport node, ComputedValue x, ConstantTensor exponents)
    {
        if (exponents.Same is not { } exponent)
            return Raised(node, x, ArithmeticImport.Stored(node, x, exponents));
        x = ArithmeticImport.Expanded(node, x, exponents);
        return exponent switch
        {
            1 => x,
            0.5f => node.Network.Append(node.OwnName, new Sqrt(), x),
            -1 => node.Network.Append(node.OwnName, new Reciprocal(), x),
            _ => node.Network.Append(node.OwnName, new Power(exponent), x),
        };
    }
}
