using System.Buffers.Binary;
using System.IO.Compression;
using Evenkeel.Data.Formats;

namespace Evenkeel.Data.Images.Codecs.Png;

/// <summary>Writes PNG files of 8-bit red, green and blue, row by row without a filter.</summary>
internal static class PngEncoder
{
    private const byte BitDepth = 8;
    private const byte TrueColor = 2;
    private const byte NoFilter = 0;

    public static void Write(Stream file, ImageBuffer image)
    {
        Span<byte> header = stackalloc byte[13];
        header.Clear();
        BinaryPrimitives.WriteInt32BigEndian(header, image.Width);
        BinaryPrimitives.WriteInt32BigEndian(header[4..], image.Height);
        (header[8], header[9]) = (BitDepth, TrueColor);
        file.Write([0x89, .. "PNG\r\n\u001A\n"u8]);
        Chunk(file, "IHDR"u8, header);
        Chunk(file, "IDAT"u8, Pack(image));
        Chunk(file, "IEND"u8, []);
    }

    private static ReadOnlySpan<byte> Pack(ImageBuffer image)
    {
        var packed = new MemoryStream();
        using (var zlib = new ZLibStream(packed, CompressionLevel.Fastest, leaveOpen: true))
        {
            for (int y = 0; y < image.Height; y++)
            {
                zlib.WriteByte(NoFilter);
                zlib.Write(image.Row(y));
            }
        }

        return packed.GetBuffer().AsSpan(0, (int)packed.Length);
    }

    private static void Chunk(Stream file, ReadOnlySpan<byte> type, ReadOnlySpan<byte> content)
    {
        var crc = new Crc32();
        crc.Append(type);
        crc.Append(content);
        Number(file, (uint)content.Length);
        file.Write(type);
        file.Write(content);
        Number(file, crc.Value);
    }

    private static void Number(Stream file, uint value)
    {
        Span<byte> bytes = stackalloc byte[sizeof(uint)];
        BinaryPrimitives.WriteUInt32BigEndian(bytes, value);
        file.Write(bytes);
    }
}
