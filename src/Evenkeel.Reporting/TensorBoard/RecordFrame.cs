using System.Buffers.Binary;

namespace Evenkeel.Reporting.TensorBoard;

/// <summary>TFRecord framing: 8 bytes of length, 4 of its masked CRC, the payload, 4 of its masked CRC; all little-endian.</summary>
internal static class RecordFrame
{
    private const int HeadBytes = 12;
    private const int FootBytes = 4;

    /// <summary>Writes one record.</summary>
    public static void Write(Stream stream, ReadOnlySpan<byte> payload)
    {
        Span<byte> head = stackalloc byte[HeadBytes];
        BinaryPrimitives.WriteUInt64LittleEndian(head, (ulong)payload.Length);
        BinaryPrimitives.WriteUInt32LittleEndian(head[sizeof(ulong)..], Crc32C.Masked(head[..sizeof(ulong)]));
        stream.Write(head);
        stream.Write(payload);
        Span<byte> foot = stackalloc byte[FootBytes];
        BinaryPrimitives.WriteUInt32LittleEndian(foot, Crc32C.Masked(payload));
        stream.Write(foot);
    }
}
