using Evenkeel.Onnx.Construction;

namespace Evenkeel.Onnx.Operators;

/// <summary>Weights that a file holds as whole numbers with scales: of the tensor, or of each index along an axis.</summary>
internal static class QuantizationFolding
{
    /// <summary>(x - zero) * scale.</summary>
    public static ConstantTensor Dequantize(NodeImport node, ConstantTensor a)
    {
        (float[] scales, float[] zeros, int[] indices) = Scales(node, a);
        return new([.. a.Floats.Select((x, i) => (x - zeros[indices[i]]) * scales[indices[i]])], a.Dimensions);
    }

    /// <summary>x / scale + zero, rounded to even and kept within the type of the zero point.</summary>
    public static ConstantTensor Quantize(NodeImport node, ConstantTensor a)
    {
        (float[] scales, float[] zeros, int[] indices) = Scales(node, a);
        TensorType type = node.ConstantType(2) ?? (TensorType)node.Int("output_dtype", (long)TensorType.UInt8);
        (long min, long max) = TensorTypes.Range(type);
        return new(
            [
                .. a.Floats.Select(
                    (x, i) => Math.Clamp((long)(MathF.Round(x / scales[indices[i]]) + zeros[indices[i]]), min, max)
                ),
            ],
            a.Dimensions
        );
    }

    private static (float[] Scales, float[] Zeros, int[] Indices) Scales(NodeImport node, ConstantTensor a)
    {
        ConstantTensor scale = node.Constant(1);
        float[] zeros = node.OptionalConstant(2)?.Floats ?? new float[scale.Count];
        if (zeros.Length != scale.Count)
            throw new UnsupportedException($"{zeros.Length} zero points do not fit {scale.Count} scales");
        if (scale.Count == 1)
            return (scale.Floats, zeros, new int[a.Count]);
        if (node.Int("block_size", 0) != 0)
            throw new UnsupportedException(
                "scales of blocks are not supported; scales of the tensor or of an axis are"
            );
        int axis = Axis.FromFront(node.Int("axis", 1), a.Rank);
        if (scale.Rank != 1 || scale.Count != a.Dimensions[axis])
            throw new UnsupportedException($"scales of {scale} do not fit axis {axis} of {a}");
        long[] strides = new long[a.Rank];
        strides[axis] = 1;
        return (scale.Floats, zeros, Broadcasting.Offsets(a.Dimensions, strides));
    }
}
