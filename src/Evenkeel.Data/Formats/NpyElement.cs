using System.Buffers.Binary;

namespace Evenkeel.Data.Formats;

/// <summary>Types of numbers that are read.</summary>
internal enum NpyElement
{
    Float16,
    Float32,
    Float64,
    Int8,
    Int16,
    Int32,
    Int64,
    UInt8,
    UInt16,
    Bool,
}

/// <summary>Names, sizes and decoding of the types.</summary>
internal static class NpyElements
{
    private static readonly Dictionary<string, NpyElement> Names = new()
    {
        ["f2"] = NpyElement.Float16,
        ["f4"] = NpyElement.Float32,
        ["f8"] = NpyElement.Float64,
        ["i1"] = NpyElement.Int8,
        ["i2"] = NpyElement.Int16,
        ["i4"] = NpyElement.Int32,
        ["i8"] = NpyElement.Int64,
        ["u1"] = NpyElement.UInt8,
        ["u2"] = NpyElement.UInt16,
        ["b1"] = NpyElement.Bool,
    };

    public static string Known => string.Join(", ", Names.Keys);

    public static bool TryParse(string name, out NpyElement element) => Names.TryGetValue(name, out element);

    public static int Size(NpyElement element) =>
        element switch
        {
            NpyElement.Float64 or NpyElement.Int64 => 8,
            NpyElement.Float32 or NpyElement.Int32 => 4,
            NpyElement.Float16 or NpyElement.Int16 or NpyElement.UInt16 => 2,
            _ => 1,
        };

    public static float Decode(NpyElement element, bool bigEndian, ReadOnlySpan<byte> bytes) =>
        element switch
        {
            NpyElement.Float16 => (float)(
                bigEndian ? BinaryPrimitives.ReadHalfBigEndian(bytes) : BinaryPrimitives.ReadHalfLittleEndian(bytes)
            ),
            NpyElement.Float32 => bigEndian
                ? BinaryPrimitives.ReadSingleBigEndian(bytes)
                : BinaryPrimitives.ReadSingleLittleEndian(bytes),
            NpyElement.Float64 => (float)(
                bigEndian ? BinaryPrimitives.ReadDoubleBigEndian(bytes) : BinaryPrimitives.ReadDoubleLittleEndian(bytes)
            ),
            NpyElement.Int8 => (sbyte)bytes[0],
            NpyElement.Int16 => bigEndian
                ? BinaryPrimitives.ReadInt16BigEndian(bytes)
                : BinaryPrimitives.ReadInt16LittleEndian(bytes),
            NpyElement.UInt16 => bigEndian
                ? BinaryPrimitives.ReadUInt16BigEndian(bytes)
                : BinaryPrimitives.ReadUInt16LittleEndian(bytes),
            NpyElement.Int32 => bigEndian
                ? BinaryPrimitives.ReadInt32BigEndian(bytes)
                : BinaryPrimitives.ReadInt32LittleEndian(bytes),
            NpyElement.Int64 => bigEndian
                ? BinaryPrimitives.ReadInt64BigEndian(bytes)
                : BinaryPrimitives.ReadInt64LittleEndian(bytes),
            _ => bytes[0],
        };
}
