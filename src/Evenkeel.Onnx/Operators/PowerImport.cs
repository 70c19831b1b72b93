using Evenkeel.Layers;
using Evenkeel.Onnx.Import;

namespace Evenkeel.Onnx.Operators;

/// <summary>Pow of computed values and constants.</summary>
internal static class PowerImport
{
    public static void Import(NodeImport node) =>
        node.Set(
            (node.Get(0), node.Get(1)) switch
            {
                (Signal x, Constant { Tensor: { Same: { } exponent } tensor }) => Of(
                    node,
                    ArithmeticImport.Stretched(node, x, ArithmeticImport.Aligned(node, x, tensor)),
                    exponent
                ),
                (Signal x, Constant exponents) => ArithmeticImport.OfSignals(
                    node,
                    new Raise(),
                    x,
                    ArithmeticImport.Stored(node, x, ArithmeticImport.Aligned(node, x, exponents.Tensor))
                ),
                (Constant numbers, Signal x) => ArithmeticImport.OfSignals(
                    node,
                    new Raise(),
                    ArithmeticImport.Stored(node, x, numbers.Tensor),
                    x
                ),
                (Signal x, Signal exponents) => ArithmeticImport.OfSignals(node, new Raise(), x, exponents),
                _ => throw new UnsupportedException("it has no value to compute from"),
            }
        );

    private static Signal Of(NodeImport node, Signal x, float exponent) =>
        exponent switch
        {
            1 => x,
            0.5f => node.Network.Append(node.OwnName, new Sqrt(), x),
            -1 => node.Network.Append(node.OwnName, new Reciprocal(), x),
            _ => node.Network.Append(node.OwnName, new Power(exponent), x),
        };
}
