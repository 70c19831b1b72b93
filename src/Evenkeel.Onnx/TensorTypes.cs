namespace Evenkeel.Onnx;

/// <summary>The format's numbers for element types that are read.</summary>
internal enum TensorType
{
    Float = 1,
    UInt8 = 2,
    Int8 = 3,
    UInt16 = 4,
    Int16 = 5,
    Int32 = 6,
    Int64 = 7,
    Bool = 9,
    Float16 = 10,
    Double = 11,
    UInt32 = 12,
    UInt64 = 13,
    BFloat16 = 16,
}

/// <summary>What is known of element types.</summary>
internal static class TensorTypes
{
    // In the order of the format's numbers, which begin at 1.
    private static readonly string[] Names =
    [
        "float",
        "uint8",
        "int8",
        "uint16",
        "int16",
        "int32",
        "int64",
        "string",
        "bool",
        "float16",
        "double",
        "uint32",
        "uint64",
        "complex64",
        "complex128",
        "bfloat16",
        "float8e4m3fn",
        "float8e4m3fnuz",
        "float8e5m2",
        "float8e5m2fnuz",
        "uint4",
        "int4",
        "float4e2m1",
    ];

    public static int Bytes(TensorType type) =>
        type switch
        {
            TensorType.Bool or TensorType.UInt8 or TensorType.Int8 => 1,
            TensorType.Float16 or TensorType.BFloat16 or TensorType.UInt16 or TensorType.Int16 => 2,
            TensorType.Float or TensorType.Int32 or TensorType.UInt32 => 4,
            TensorType.Int64 or TensorType.UInt64 or TensorType.Double => 8,
            _ => throw new OnnxException(
                $"Tensors of {Name((int)type)} are not read; float32, float16, bfloat16, float64 and integers are."
            ),
        };

    /// <summary>What the format calls an element type.</summary>
    public static string Name(int type) =>
        type is > 0 and < 24 ? $"element type {Names[type - 1]}" : $"element type {type}";

    /// <summary>How floats of a type become float32, as "float16 and were widened to"; null for float32 itself and whole numbers.</summary>
    public static string? Conversion(TensorType type) =>
        type switch
        {
            TensorType.Float16 => "float16 and were widened to",
            TensorType.BFloat16 => "bfloat16 and were widened to",
            TensorType.Double => "float64 and were rounded to",
            _ => null,
        };

    /// <summary>The smallest and the largest value that whole numbers of a type hold.</summary>
    public static (long Min, long Max) Range(TensorType type) =>
        type switch
        {
            TensorType.UInt8 => (byte.MinValue, byte.MaxValue),
            TensorType.Int8 => (sbyte.MinValue, sbyte.MaxValue),
            TensorType.UInt16 => (ushort.MinValue, ushort.MaxValue),
            TensorType.Int16 => (short.MinValue, short.MaxValue),
            TensorType.Int32 => (int.MinValue, int.MaxValue),
            _ => throw new UnsupportedException($"values are quantised to {Name((int)type)}"),
        };

    public static bool IsFloat(TensorType type) =>
        type is TensorType.Float or TensorType.Float16 or TensorType.BFloat16 or TensorType.Double;
}
