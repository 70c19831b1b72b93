namespace Evenkeel.Testing.Fuzzing.Structure;

/// <summary>An ONNX file that computes sizes while it is read: shapes, fills, ranges and slices of constants before a sum.</summary>
internal static class FoldingFile
{
    private const int Float = 1,
        Int64 = 7;

    public static byte[] Content()
    {
        var graph = WireMessage.Of(
            WireMessage.Graph,
            Node("Shape", "s", "x"),
            Node("Gather", "width", "s", "one"),
            Node("Mul", "double", "width", "two"),
            Node("Div", "half", "double", "two"),
            Node("Concat", "pair", "minus", "half").With(Whole("axis", 0)),
            Node("Reshape", "flat", "x", "pair"),
            Node("ConstantOfShape", "fill", "half"),
            Node("Range", "range", "zero", "three", "step"),
            Node("Slice", "cut", "range", "zeros", "two", "zeros"),
            Node("Cast", "floats", "cut").With(Whole("to", Float)),
            Node("Add", "sum", "flat", "fill"),
            Node("Relu", "y", "sum"),
            WireField.Text(2, "sizes"),
            Tensor("one", [1], 1),
            Tensor("two", [1], 2),
            Tensor("minus", [1], -1),
            Tensor("zeros", [1], 0),
            Tensor("zero", [], 0),
            Tensor("three", [], 3),
            Tensor("step", [], 1),
            Value(11, "x", 4),
            Value(12, "y", 4)
        );
        WireMessage opset = WireMessage.Of(WireMessage.Opset, WireField.Text(1, ""), WireField.Whole(2, 17));
        return WireMessage
            .Of(WireMessage.Model, WireField.Whole(1, 8), WireField.Of(7, graph), WireField.Of(8, opset))
            .ToBytes();
    }

    private static WireField Node(string operation, string output, params string[] inputs) =>
        WireField.Of(
            1,
            WireMessage.Of(
                WireMessage.Node,
                [.. inputs.Select(i => WireField.Text(1, i)), WireField.Text(2, output), WireField.Text(4, operation)]
            )
        );

    private static WireField With(this WireField node, WireMessage attribute)
    {
        node.Message!.Fields.Add(WireField.Of(5, attribute));
        return node;
    }

    private static WireMessage Whole(string name, long value) =>
        WireMessage.Of(
            WireMessage.Attribute,
            WireField.Text(1, name),
            WireField.Whole(3, value),
            WireField.Whole(20, 2)
        );

    private static WireField Tensor(string name, long[] dimensions, long value) =>
        WireField.Of(
            5,
            WireMessage.Of(
                WireMessage.Tensor,
                [
                    .. dimensions.Select(d => WireField.Whole(1, d)),
                    WireField.Whole(2, Int64),
                    WireField.Text(8, name),
                    new WireField
                    {
                        Number = 9,
                        Type = WireField.Lengthened,
                        Bytes = BitConverter.GetBytes(value),
                    },
                ]
            )
        );

    public static WireField Value(long place, string name, long width) =>
        WireField.Of(
            place,
            WireMessage.Of(
                WireMessage.ValueInfo,
                WireField.Text(1, name),
                WireField.Of(
                    2,
                    WireMessage.Of(
                        WireMessage.Type,
                        WireField.Of(
                            1,
                            WireMessage.Of(
                                WireMessage.TensorType,
                                WireField.Whole(1, Float),
                                WireField.Of(2, Shape(width))
                            )
                        )
                    )
                )
            )
        );

    private static WireMessage Shape(long width) =>
        WireMessage.Of(
            WireMessage.Shape,
            WireField.Of(1, WireMessage.Of(WireMessage.Dimension, WireField.Text(2, "batch"))),
            WireField.Of(1, WireMessage.Of(WireMessage.Dimension, WireField.Whole(1, width)))
        );
}
