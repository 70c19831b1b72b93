using Evenkeel.Layers;
using Evenkeel.Onnx.Construction;

namespace Evenkeel.Onnx.Operators;

/// <summary>Pow of computed values and constants.</summary>
internal static class PowerImport
{
    public static Value Import(NodeImport node) =>
        (node.Get(0), node.Get(1)) switch
        {
            (ComputedValue x, Constant { Tensor: { Same: { } exponent } tensor }) => Of(
                node,
                ArithmeticImport.Expanded(node, x, ArithmeticImport.Aligned(node, x, tensor)),
                exponent
            ),
            (ComputedValue x, Constant exponents) => ArithmeticImport.OfComputed(
                node,
                new Raise(),
                x,
                ArithmeticImport.Stored(node, x, ArithmeticImport.Aligned(node, x, exponents.Tensor))
            ),
            (Constant numbers, ComputedValue x) => ArithmeticImport.OfComputed(
                node,
                new Raise(),
                ArithmeticImport.Stored(node, x, numbers.Tensor),
                x
            ),
            (ComputedValue x, ComputedValue exponents) => ArithmeticImport.OfComputed(node, new Raise(), x, exponents),
            _ => throw new UnsupportedException("it has no value to compute from"),
        };

    private static ComputedValue Of(NodeImport node, ComputedValue x, float exponent) =>
        exponent switch
        {
            1 => x,
            0.5f => node.Network.Append(node.OwnName, new Sqrt(), x),
            -1 => node.Network.Append(node.OwnName, new Reciprocal(), x),
            _ => node.Network.Append(node.OwnName, new Power(exponent), x),
        };
}
