using Evenkeel.Kernels.Linear;
using Evenkeel.Layers;

namespace Evenkeel.Onnx.Export;

/// <summary>Linear layers and affine maps per channel.</summary>
internal static class LinearExport
{
    public static string Linear(NodeExport node)
    {
        var linear = (Linear)node.Node.Layer;
        int inputs = node.InputShape.Channels;
        float[] rows = RowsInFileOrder(node, node.Values("weight"), linear.Units);
        if (node.InputShape.Dimensions.Length > 1)
            return OverPositions(node, linear, rows, inputs);
        string weight = node.Floats(
            "weight",
            WeightOrder.OutputsFirst(rows, linear.Units, inputs),
            linear.Units,
            inputs
        );
        string[] read = linear.Bias
            ? [node.Inputs[0], weight, node.Floats("bias", node.Values("bias"), linear.Units)]
            : [node.Inputs[0], weight];
        return node.Emit("Gemm", read, NodeExport.Attribute("transB", 1));
    }

    public static string Affine(NodeExport node)
    {
        Shape shape = node.InputShape;
        int[] dimensions = [shape.Channels, .. Enumerable.Repeat(1, shape.Dimensions.Length - 1)];
        string scale = node.Floats("weight", node.InFileOrder(node.Values("weight")), dimensions),
            shift = node.Floats("bias", node.InFileOrder(node.Values("bias")), dimensions);
        return node.Emit("Add", [node.EmitAs($"{node.Name}.scaled", "Mul", [node.Inputs[0], scale]), shift]);
    }

    // The product runs over the last dimension, which the file has second.
    private static string OverPositions(NodeExport node, Linear linear, float[] rows, int inputs)
    {
        string x = TransposeExport.ToLast(node, node.Inputs[0], node.InputShape.Dimensions.Length);
        string weight = node.Floats("weight", rows, inputs, linear.Units);
        string y = node.EmitAs($"{node.Name}.product", "MatMul", [x, weight]);
        if (linear.Bias)
            y = node.EmitAs($"{node.Name}.sum", "Add", [y, node.Floats("bias", node.Values("bias"), linear.Units)]);
        return TransposeExport.ToFirst(node, y, node.Node.Shape.Dimensions.Length);
    }

    private static float[] RowsInFileOrder(NodeExport node, float[] rows, int units)
    {
        if (node.FlattenedImage is null)
            return rows;
        float[] order = node.InFileOrder([.. Enumerable.Range(0, rows.Length / units).Select(i => (float)i)]);
        float[] result = new float[rows.Length];
        for (int i = 0; i < order.Length; i++)
            rows.AsSpan((int)order[i] * units, units).CopyTo(result.AsSpan(i * units));
        return result;
    }
}
