namespace Evenkeel.Onnx.Operators;

/// <summary>Operators that take constants value by value. What is true is 1, what is false 0.</summary>
internal static class ElementwiseFolding
{
    /// <summary>Operators by name.</summary>
    public static readonly IReadOnlyDictionary<string, Func<NodeImport, ConstantTensor, ConstantTensor>> ByName =
        new Dictionary<string, Func<NodeImport, ConstantTensor, ConstantTensor>>
        {
            ["Abs"] = Each(MathF.Abs, Math.Abs),
            ["Add"] = Pairs((x, y) => x + y, (x, y) => checked(x + y)),
            ["And"] = Compared((x, y) => x != 0 && y != 0, (x, y) => x != 0 && y != 0),
            ["Ceil"] = Each(MathF.Ceiling),
            ["Div"] = Pairs((x, y) => x / y, (x, y) => x / NotZero(y)),
            ["Equal"] = Compared((x, y) => x == y, (x, y) => x == y),
            ["Exp"] = Each(MathF.Exp),
            ["Floor"] = Each(MathF.Floor),
            ["Greater"] = Compared((x, y) => x > y, (x, y) => x > y),
            ["GreaterOrEqual"] = Compared((x, y) => x >= y, (x, y) => x >= y),
            ["Less"] = Compared((x, y) => x < y, (x, y) => x < y),
            ["LessOrEqual"] = Compared((x, y) => x <= y, (x, y) => x <= y),
            ["Log"] = Each(MathF.Log),
            ["Max"] = Pairs(MathF.Max, Math.Max),
            ["Min"] = Pairs(MathF.Min, Math.Min),
            ["Mod"] = Modulo,
            ["Mul"] = Pairs((x, y) => x * y, (x, y) => checked(x * y)),
            ["Neg"] = Each(v => -v, v => checked(-v)),
            ["Not"] = (_, a) => new(Array.ConvertAll(a.Integers, v => v == 0 ? 1L : 0), a.Dimensions),
            ["Or"] = Compared((x, y) => x != 0 || y != 0, (x, y) => x != 0 || y != 0),
            ["Pow"] = Pairs(MathF.Pow, (x, y) => checked((long)Math.Pow(x, y))),
            ["Reciprocal"] = Each(v => 1 / v),
            ["Round"] = Each(MathF.Round),
            ["Sqrt"] = Each(MathF.Sqrt),
            ["Sub"] = Pairs((x, y) => x - y, (x, y) => checked(x - y)),
            ["Sum"] = Pairs((x, y) => x + y, (x, y) => checked(x + y)),
            ["Where"] = Where,
            ["Xor"] = Compared((x, y) => x != 0 ^ y != 0, (x, y) => x != 0 ^ y != 0),
        };

    // The remainder has the sign of the divisor, or with the attribute fmod that of the dividend.
    private static ConstantTensor Modulo(NodeImport node, ConstantTensor a) =>
        node.Int("fmod", 0) != 0
            ? Paired(node, (x, y) => x % y, (x, y) => x % NotZero(y))
            : Paired(node, (x, y) => x - (y * MathF.Floor(x / y)), (x, y) => ((x % NotZero(y)) + y) % y);

    // Values of the second tensor where the first is true, of the third elsewhere.
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

    private static Func<NodeImport, ConstantTensor, ConstantTensor> Each(Converter<float, float> map) =>
        (_, a) => new(Array.ConvertAll(a.Floats, map), a.Dimensions);

    private static Func<NodeImport, ConstantTensor, ConstantTensor> Each(
        Converter<float, float> floats,
        Func<long, long> integers
    ) =>
        (_, a) =>
            a.IsInteger
                ? new(Array.ConvertAll(a.Integers, v => BatchArithmetic.Of((x, _) => integers(x), v, 0)), a.Dimensions)
                : new(Array.ConvertAll(a.Floats, floats), a.Dimensions);

    private static Func<NodeImport, ConstantTensor, ConstantTensor> Compared(
        Func<float, float, bool> floats,
        Func<long, long, bool> integers
    ) =>
        (node, _) =>
        {
            ConstantTensor made = Paired(node, (x, y) => floats(x, y) ? 1 : 0, (x, y) => integers(x, y) ? 1 : 0);
            return made.IsInteger ? made : new(Array.ConvertAll(made.Floats, v => (long)v), made.Dimensions);
        };

    private static Func<NodeImport, ConstantTensor, ConstantTensor> Pairs(
        Func<float, float, float> floats,
        Func<long, long, long> integers
    ) => (node, _) => Paired(node, floats, integers);

    // Of more than two, one after the other.
    private static ConstantTensor Paired(
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
