using System.Buffers.Binary;

namespace Evenkeel.Data.Images.Codecs;

/// <summary>The first chunk of a PNG file, as far as it says how many bytes the pixels are.</summary>
internal readonly record struct PngHeader(uint Width, uint Height, int BitsOfPixel)
{
    private const int Length = 33;

    /// <summary>Bytes of all rows with the byte before each; less than this again is added where rows are interlaced.</summary>
    public long RawBytes => ((((long)Width * BitsOfPixel) + 7) / 8 + 1) * Height;

    /// <summary>Reads it.</summary>
    /// <param name="bytes">The file, or enough of its start.</param>
    /// <param name="header">What it says.</param>
    public static bool TryRead(ReadOnlySpan<byte> bytes, out PngHeader header)
    {
        header = default;
        if (bytes.Length < Length || !bytes[12..].StartsWith("IHDR"u8))
            return false;
        int channels = bytes[25] switch
        {
            2 => 3,
            4 => 2,
            6 => 4,
            _ => 1,
        };
        header = new PngHeader(
            BinaryPrimitives.ReadUInt32BigEndian(bytes[16..]),
            BinaryPrimitives.ReadUInt32BigEndian(bytes[20..]),
            bytes[24] * channels
        );
        return true;
    }
}
