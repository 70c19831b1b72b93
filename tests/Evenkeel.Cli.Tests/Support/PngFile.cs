using System.Buffers.Binary;
using System.IO.Compression;
using System.Text;

namespace Evenkeel.Cli.Tests.Support;

/// <summary>Writes PNG files of 8-bit red, green and blue.</summary>
internal static class PngFile
{
    /// <summary>A value for each pixel and channel, no two neighbours alike.</summary>
    public static byte Pixel(int y, int x, int channel, int seed = 0) =>
        (byte)(((y * 37) + (x * 11) + (channel * 71) + (seed * 53)) % 251);

    /// <summary>Writes an image of <see cref="Pixel"/>.</summary>
    public static string Write(string path, int height, int width, int seed = 0)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        using var rows = new MemoryStream();
        using (var packed = new ZLibStream(rows, CompressionLevel.Fastest, leaveOpen: true))
        {
            for (int y = 0; y < height; y++)
            {
                // No filter.
                packed.WriteByte(0);
                for (int x = 0; x < width; x++)
                {
                    for (int c = 0; c < 3; c++)
                        packed.WriteByte(Pixel(y, x, c, seed));
                }
            }
        }

        using FileStream file = File.Create(path);
        file.Write([0x89, .. "PNG\r\n\u001A\n"u8]);
        byte[] header = new byte[13];
        BinaryPrimitives.WriteInt32BigEndian(header, width);
        BinaryPrimitives.WriteInt32BigEndian(header.AsSpan(4), height);
        (header[8], header[9]) = (8, 2);
        Chunk(file, "IHDR", header);
        Chunk(file, "IDAT", rows.ToArray());
        Chunk(file, "IEND", []);
        return path;
    }

    private static void Chunk(Stream file, string type, byte[] content)
    {
        Span<byte> number = stackalloc byte[4];
        BinaryPrimitives.WriteInt32BigEndian(number, content.Length);
        file.Write(number);
        byte[] body = [.. Encoding.ASCII.GetBytes(type), .. content];
        file.Write(body);
        BinaryPrimitives.WriteUInt32BigEndian(number, Crc(body));
        file.Write(number);
    }

    private static uint Crc(byte[] bytes)
    {
        uint crc = uint.MaxValue;
        foreach (byte b in bytes)
        {
            crc ^= b;
            for (int bit = 0; bit < 8; bit++)
                crc = (crc & 1) != 0 ? (crc >> 1) ^ 0xEDB88320 : crc >> 1;
        }

        return ~crc;
    }
}
