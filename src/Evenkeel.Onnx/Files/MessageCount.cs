using Evenkeel.Onnx.Messages;
using Google.Protobuf.Reflection;

namespace Evenkeel.Onnx.Files;

/// <summary>
/// Counts the objects that parsing a file would make, without making them: two bytes of a file may be an object of a hundred, so that the
/// length of a file does not bound the memory that it takes.
/// </summary>
internal static class MessageCount
{
    private const int Deepest = 100;

    /// <summary>Messages, texts and strings of bytes in a file, counted up to one above a limit. Damage ends the count: the parser tells it.</summary>
    public static int UpTo(int limit, ReadOnlySpan<byte> file)
    {
        int count = 0;
        Count(file, ModelProto.Descriptor, limit, ref count, 0);
        return count;
    }

    private static void Count(ReadOnlySpan<byte> bytes, MessageDescriptor type, int limit, ref int count, int depth)
    {
        while (
            count <= limit
            && depth <= Deepest
            && WireNumber.TryReadField(ref bytes, out ulong tag, out ulong length)
            && length <= (ulong)bytes.Length
        )
        {
            if ((tag & 7) == WireNumber.HasLength)
                CountField(bytes[..(int)length], type.FindFieldByNumber((int)(tag >> 3)), limit, ref count, depth);
            bytes = bytes[(int)length..];
        }
    }

    // Numbers in a row are one array; fields that are not known are passed over.
    private static void CountField(
        ReadOnlySpan<byte> bytes,
        FieldDescriptor? field,
        int limit,
        ref int count,
        int depth
    )
    {
        if (field?.FieldType is FieldType.Message or FieldType.String or FieldType.Bytes)
            count++;
        if (field?.FieldType == FieldType.Message)
            Count(bytes, field.MessageType, limit, ref count, depth + 1);
    }
}
