namespace Evenkeel.Serialization;

/// <summary>What each <see cref="SafeTensorType"/> is called in a header, how wide it is, and which .NET type it is written from.</summary>
internal static class SafeTensorTypes
{
    private static readonly (SafeTensorType Type, string Name, int Bytes, Type? Clr)[] Rows =
    [
        (SafeTensorType.Float64, "F64", 8, typeof(double)),
        (SafeTensorType.Float32, "F32", 4, typeof(float)),
        (SafeTensorType.Float16, "F16", 2, typeof(Half)),
        (SafeTensorType.BFloat16, "BF16", 2, null),
        (SafeTensorType.Int64, "I64", 8, typeof(long)),
        (SafeTensorType.Int32, "I32", 4, typeof(int)),
        (SafeTensorType.Int16, "I16", 2, typeof(short)),
        (SafeTensorType.Int8, "I8", 1, typeof(sbyte)),
        (SafeTensorType.UInt64, "U64", 8, typeof(ulong)),
        (SafeTensorType.UInt32, "U32", 4, typeof(uint)),
        (SafeTensorType.UInt16, "U16", 2, typeof(ushort)),
        (SafeTensorType.UInt8, "U8", 1, typeof(byte)),
        (SafeTensorType.Boolean, "BOOL", 1, typeof(bool)),
    ];

    public static string Known { get; } = string.Join(", ", Rows.Select(row => row.Name));

    public static string Name(SafeTensorType type) => Rows[(int)type].Name;

    public static int Bytes(SafeTensorType type) => Rows[(int)type].Bytes;

    public static SafeTensorType? Parse(string name)
    {
        foreach (var row in Rows)
        {
            if (row.Name == name)
                return row.Type;
        }
        return null;
    }

    public static SafeTensorType Of<T>()
        where T : unmanaged
    {
        foreach (var row in Rows)
        {
            if (row.Clr == typeof(T))
                return row.Type;
        }
        throw new ArgumentException($"{typeof(T).Name} has no safetensors type; use one of {Known}");
    }
}
