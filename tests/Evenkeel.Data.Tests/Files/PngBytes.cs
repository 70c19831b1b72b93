using System.Buffers.Binary;
using System.IO.Compression;
using Evenkeel.Data.Formats;

namespace Evenkeel.Data.Tests.Files;

/// <summary>Writes PNG files chunk by chunk.</summary>
internal static class PngBytes
{
    /// <summary>A file of 8-bit red, green and blue, with chunks before its pixels.</summary>
    /// <param name="width">Pixels of a row.</param>
    /// <param name="height">Rows.</param>
    /// <param name="packed">The pixels, packed; black where null.</param>
    /// <param name="chunks">Further chunks.</param>
    public static byte[] Of(int width, int height, byte[]? packed, params byte[][] chunks)
    {
        byte[] header = [.. Number(width), .. Number(height), 8, 2, 0, 0, 0];
        return Of(header, packed ?? Packed(new byte[((3 * width) + 1) * height]), chunks);
    }

    /// <summary>A file of a header's content and packed pixels, with chunks between them.</summary>
    public static byte[] Of(byte[] header, byte[] packed, params byte[][] chunks) =>
        [
            0x89,
            .. "PNG\r\n\u001A\n"u8,
            .. Chunk("IHDR"u8, header),
            .. chunks.SelectMany(c => c),
            .. Chunk("IDAT"u8, packed),
            .. Chunk("IEND"u8, []),
        ];

    public static byte[] Chunk(ReadOnlySpan<byte> type, ReadOnlySpan<byte> content)
    {
        byte[] body = [.. type, .. content];
        var crc = new Crc32();
        crc.Append(body);
        return [.. Number(content.Length), .. body, .. Number((int)crc.Value)];
    }

    public static byte[] Packed(ReadOnlySpan<byte> bytes)
    {
        using var packed = new MemoryStream();
        using (var zlib = new ZLibStream(packed, CompressionLevel.SmallestSize, leaveOpen: true))
            zlib.Write(bytes);
        return packed.ToArray();
    }

    /// <summary>Zeros, packed a piece at a time.</summary>
    public static byte[] PackedZeros(long count)
    {
        using var packed = new MemoryStream();
        byte[] piece = new byte[1 << 20];
        using (var zlib = new ZLibStream(packed, CompressionLevel.Fastest, leaveOpen: true))
        {
            for (; count > 0; count -= piece.Length)
                zlib.Write(piece.AsSpan(0, (int)Math.Min(count, piece.Length)));
        }

        return packed.ToArray();
    }

    private static byte[] Number(int value)
    {
        byte[] bytes = new byte[4];
        BinaryPrimitives.WriteInt32BigEndian(bytes, value);
        return bytes;
    }
}
