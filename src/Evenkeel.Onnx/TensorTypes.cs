namespace Evenkeel.Onnx;

/// <summary>The format's numbers for element types that are read.</summary>
internal enum TensorType
{
    Float = 1,
    UInt8 = 2,
    Int8 = 3,
    Int32 = 6,
    Int64 = 7,
    Bool = 9,
    Float16 = 10,
    Double = 11,
    BFloat16 = 16,
}

/// <summary>What is known of element types.</summary>
internal static class TensorTypes
{
    public static int Bytes(TensorType type) =>
        type switch
        {
            TensorType.Bool or TensorType.UInt8 or TensorType.Int8 => 1,
            TensorType.Float16 or TensorType.BFloat16 => 2,
            TensorType.Float or TensorType.Int32 => 4,
            TensorType.Int64 or TensorType.Double => 8,
            _ => throw new OnnxException(
                $"Tensors of element type {(int)type} are not read; float32, float16, bfloat16, float64 and integers are."
            ),
        };

    public static bool IsFloat(TensorType type) =>
        type is TensorType.Float or TensorType.Float16 or TensorType.BFloat16 or TensorType.Double;
}
