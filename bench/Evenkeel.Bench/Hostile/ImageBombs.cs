using System.Buffers.Binary;
using System.IO.Compression;
using Evenkeel.Testing.Fuzzing.Structure;

namespace Evenkeel.Bench.Hostile;

/// <summary>Images of few bytes that claim many pixels.</summary>
internal static class ImageBombs
{
    private const byte Frame = 0xC0,
        Comment = 0xFE;

    /// <summary>A JPEG whose frame says other sizes.</summary>
    public static byte[] Jpeg(int height, int width)
    {
        byte[] file = File.ReadAllBytes(HostileBase.File("1.jpg"));
        int at = 2;
        while (file[at + 1] is not (0xC0 or 0xC1 or 0xC2))
            at += 2 + BinaryPrimitives.ReadUInt16BigEndian(file.AsSpan(at + 2));
        BinaryPrimitives.WriteUInt16BigEndian(file.AsSpan(at + 5), (ushort)height);
        BinaryPrimitives.WriteUInt16BigEndian(file.AsSpan(at + 7), (ushort)width);
        return file;
    }

    /// <summary>
    /// A JPEG whose true frame follows a marker without a length. Whoever takes what follows the marker for its length comes out within a
    /// comment, in front of another frame of 8 x 8.
    /// </summary>
    public static byte[] HiddenJpeg(int height, int width)
    {
        byte[] file = Jpeg(height, width);
        int at = 2;
        while (file[at + 1] is not (0xC0 or 0xC1 or 0xC2))
            at += 2 + BinaryPrimitives.ReadUInt16BigEndian(file.AsSpan(at + 2));
        int end = at + 2 + BinaryPrimitives.ReadUInt16BigEndian(file.AsSpan(at + 2));
        byte[] before = file[2..at],
            frame = file[at..end],
            after = file[end..];
        // The marker TEM, then FF C0 of the frame: a "length" of 65,472 from there.
        int place = 4 + 0xFFC0;
        byte[] comments = new byte[place];
        int begin = 4 + frame.Length + before.Length;
        byte[] decoy = [0xFF, Frame, 0, 17, 8, 0, 8, 0, 8, 3, 1, 0x11, 0, 2, 0x11, 0, 3, 0x11, 0];
        int length = place + decoy.Length - begin - 2;
        byte[] comment = [0xFF, Comment, (byte)(length >> 8), (byte)length, .. new byte[place - begin - 4], .. decoy];
        return [0xFF, 0xD8, 0xFF, 0x01, .. frame, .. before, .. comment, .. after];
    }

    /// <summary>A PNG of a size, with packed zeros for lines.</summary>
    public static byte[] Png(uint height, uint width, int lineBytes, params (string Kind, byte[] Content)[] further)
    {
        byte[] header = new byte[13];
        BinaryPrimitives.WriteUInt32BigEndian(header, width);
        BinaryPrimitives.WriteUInt32BigEndian(header.AsSpan(4), height);
        (header[8], header[9]) = (8, 2);
        using var file = new MemoryStream();
        file.Write([0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]);
        foreach (
            (string kind, byte[] content) in (IEnumerable<(string, byte[])>)
                [("IHDR", header), .. further, ("IDAT", Packed(lineBytes)), ("IEND", [])]
        )
            Chunk(file, kind, content);
        return file.ToArray();
    }

    /// <summary>Zeros, packed as PNG packs lines, texts and profiles.</summary>
    public static byte[] Packed(int bytes)
    {
        using var packed = new MemoryStream();
        using (var zlib = new ZLibStream(packed, CompressionLevel.Optimal, leaveOpen: true))
            zlib.Write(new byte[bytes]);
        return packed.ToArray();
    }

    private static void Chunk(Stream file, string kind, byte[] content)
    {
        byte[] number = new byte[4];
        BinaryPrimitives.WriteInt32BigEndian(number, content.Length);
        file.Write(number);
        byte[] body = [.. System.Text.Encoding.ASCII.GetBytes(kind), .. content];
        file.Write(body);
        BinaryPrimitives.WriteUInt32BigEndian(number, Crc.Of(body));
        file.Write(number);
    }
}
