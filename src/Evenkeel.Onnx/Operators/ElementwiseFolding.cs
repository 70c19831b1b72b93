using Evenkeel.Onnx.Files;

namespace Evenkeel.Onnx.Operators;

/// <summary>Operators that take constants value by value. What is true is 1, what is false 0.</summary>
internal static class ElementwiseFolding
{
    /// <summary>Operators by name.</summary>
    public static readonly IReadOnlyDictionary<string, Func<NodeImport, ConstantTensor, ConstantTensor>> ByName =
        new Dictionary<string, Func<NodeImport, ConstantTensor, ConstantTensor>>
        {
            ["Abs"] = Abs,
            ["Add"] = Add,
            ["And"] = And,
            ["Ceil"] = Ceiling,
            ["Div"] = Divide,
            ["Equal"] = Equal,
            ["Exp"] = Exponential,
            ["Floor"] = Floor,
            ["Greater"] = Greater,
            ["GreaterOrEqual"] = GreaterOrEqual,
            ["Less"] = Less,
            ["LessOrEqual"] = LessOrEqual,
            ["Log"] = Logarithm,
            ["Max"] = Maximum,
            ["Min"] = Minimum,
            ["Mod"] = Modulo,
            ["Mul"] = Multiply,
            ["Neg"] = Negate,
            ["Not"] = Not,
            ["Or"] = Or,
            ["Pow"] = Power,
            ["Reciprocal"] = Reciprocal,
            ["Round"] = Round,
            ["Sqrt"] = SquareRoot,
            ["Sub"] = Subtract,
            ["Sum"] = Sum,
            ["Where"] = Where,
            ["Xor"] = Xor,
        };

    private static ConstantTensor Add(NodeImport node, ConstantTensor a) =>
        Pairs(node, (x, y) => x + y, (x, y) => checked(x + y));

    private static ConstantTensor Subtract(NodeImport node, ConstantTensor a) =>
        Pairs(node, (x, y) => x - y, (x, y) => checked(x - y));

    private static ConstantTensor Multiply(NodeImport node, ConstantTensor a) =>
        Pairs(node, (x, y) => x * y, (x, y) => checked(x * y));

    private static ConstantTensor Divide(NodeImport node, ConstantTensor a) =>
        Pairs(node, (x, y) => x / y, (x, y) => x / NotZero(y));

    /// <summary>The remainder has the sign of the divisor, or with the attribute <c>fmod</c> that of the dividend.</summary>
    private static ConstantTensor Modulo(NodeImport node, ConstantTensor a) =>
        node.Int("fmod", 0) != 0
            ? Pairs(node, (x, y) => x % y, (x, y) => x % NotZero(y))
            : Pairs(node, (x, y) => x - (y * MathF.Floor(x / y)), (x, y) => ((x % NotZero(y)) + y) % y);

    private static ConstantTensor Power(NodeImport node, ConstantTensor a) =>
        Pairs(node, MathF.Pow, (x, y) => checked((long)Math.Pow(x, y)));

    private static ConstantTensor Sum(NodeImport node, ConstantTensor a) => Add(node, a);

    private static ConstantTensor Maximum(NodeImport node, ConstantTensor a) => Pairs(node, MathF.Max, Math.Max);

    private static ConstantTensor Minimum(NodeImport node, ConstantTensor a) => Pairs(node, MathF.Min, Math.Min);

    private static ConstantTensor Equal(NodeImport node, ConstantTensor a) =>
        Compare(node, (x, y) => x == y, (x, y) => x == y);

    private static ConstantTensor Greater(NodeImport node, ConstantTensor a) =>
        Compare(node, (x, y) => x > y, (x, y) => x > y);

    private static ConstantTensor GreaterOrEqual(NodeImport node, ConstantTensor a) =>
        Compare(node, (x, y) => x >= y, (x, y) => x >= y);

    private static ConstantTensor Less(NodeImport node, ConstantTensor a) =>
        Compare(node, (x, y) => x < y, (x, y) => x < y);

    private static ConstantTensor LessOrEqual(NodeImport node, ConstantTensor a) =>
        Compare(node, (x, y) => x <= y, (x, y) => x <= y);

    private static ConstantTensor And(NodeImport node, ConstantTensor a) =>
        Compare(node, (x, y) => x != 0 && y != 0, (x, y) => x != 0 && y != 0);

    private static ConstantTensor Or(NodeImport node, ConstantTensor a) =>
        Compare(node, (x, y) => x != 0 || y != 0, (x, y) => x != 0 || y != 0);

    private static ConstantTensor Xor(NodeImport node, ConstantTensor a) =>
        Compare(node, (x, y) => x != 0 ^ y != 0, (x, y) => x != 0 ^ y != 0);

    private static ConstantTensor Not(NodeImport node, ConstantTensor a) =>
        new(Array.ConvertAll(a.Integers, v => v == 0 ? 1L : 0), a.Dimensions);

    private static ConstantTensor Negate(NodeImport node, ConstantTensor a) =>
        a.IsInteger ? Integers(a, v => checked(-v)) : Floats(a, v => -v);

    private static ConstantTensor Abs(NodeImport node, ConstantTensor a) =>
        a.IsInteger ? Integers(a, Math.Abs) : Floats(a, MathF.Abs);

    private static ConstantTensor Floor(NodeImport node, ConstantTensor a) => Floats(a, MathF.Floor);

    private static ConstantTensor Ceiling(NodeImport node, ConstantTensor a) => Floats(a, MathF.Ceiling);

    private static ConstantTensor Round(NodeImport node, ConstantTensor a) => Floats(a, MathF.Round);

    private static ConstantTensor Exponential(NodeImport node, ConstantTensor a) => Floats(a, MathF.Exp);

    private static ConstantTensor Logarithm(NodeImport node, ConstantTensor a) => Floats(a, MathF.Log);

    private static ConstantTensor SquareRoot(NodeImport node, ConstantTensor a) => Floats(a, MathF.Sqrt);

    private static ConstantTensor Reciprocal(NodeImport node, ConstantTensor a) => Floats(a, v => 1 / v);

    /// <summary>Values of the second tensor where the first is true, of the third elsewhere.</summary>
    private static ConstantTensor Where(NodeImport node, ConstantTensor condition)
    {
        ConstantTensor[] all = Together(node, [condition, node.Constant(1), node.Constant(2)]);
        (condition, ConstantTensor yes, ConstantTensor no) = (all[0], all[1], all[2]);
        long[] chosen = condition.Integers;
        return yes.IsInteger && no.IsInteger
            ? new([.. chosen.Select((c, i) => c != 0 ? yes.Integers[i] : no.Integers[i])], condition.Dimensions)
            : new([.. chosen.Select((c, i) => c != 0 ? yes.Floats[i] : no.Floats[i])], condition.Dimensions);
    }

    private static long NotZero(long value) =>
        value != 0 ? value : throw new UnsupportedException("it divides a constant by 0");

    private static ConstantTensor Floats(ConstantTensor a, Converter<float, float> map) =>
        new(Array.ConvertAll(a.Floats, map), a.Dimensions);

    private static ConstantTensor Integers(ConstantTensor a, Func<long, long> map) =>
        new(Array.ConvertAll(a.Integers, v => BatchArithmetic.Of((x, _) => map(x), v, 0)), a.Dimensions);

    private static ConstantTensor Compare(
        NodeImport node,
        Func<float, float, bool> floats,
        Func<long, long, bool> integers
    )
    {
        ConstantTensor made = Pairs(node, (x, y) => floats(x, y) ? 1 : 0, (x, y) => integers(x, y) ? 1 : 0);
        return made.IsInteger ? made : new(Array.ConvertAll(made.Floats, v => (long)v), made.Dimensions);
    }

    // Of more than two, one after the other.
    private static ConstantTensor Pairs(
        NodeImport node,
        Func<float, float, float> floats,
        Func<long, long, long> integers
    )
    {
        ConstantTensor[] all = Together(node, [.. Enumerable.Range(0, node.InputCount).Select(node.Constant)]);
        return all.Skip(1)
            .Aggregate(
                all[0],
                (a, b) =>
                    a.IsInteger && b.IsInteger
                        ? new(
                            [.. a.Integers.Zip(b.Integers, (x, y) => BatchArithmetic.Of(integers, x, y))],
                            a.Dimensions
                        )
                        : new([.. a.Floats.Zip(b.Floats, floats)], a.Dimensions)
            );
    }

    private static ConstantTensor[] Together(NodeImport node, ConstantTensor[] tensors)
    {
        long[] shape = Broadcasting.Shape([.. tensors.Select(t => t.Dimensions)]);
        if (!tensors.Any(t => t.Dimensions.SequenceEqual(shape)))
            ConstantFolding.Limit(node, ConstantTensor.Product(shape));
        return [.. tensors.Select(t => Broadcasting.To(t, shape))];
    }
}
