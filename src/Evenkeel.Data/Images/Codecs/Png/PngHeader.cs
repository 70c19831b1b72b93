using System.Buffers.Binary;

namespace Evenkeel.Data.Images.Codecs.Png;

/// <summary>The first chunk of a PNG file.</summary>
/// <param name="Width">Pixels of a row.</param>
/// <param name="Height">Rows.</param>
/// <param name="Depth">Bits of a value.</param>
/// <param name="Color">What the values of a pixel are.</param>
/// <param name="IsInterlaced">Whether the rows come in seven passes.</param>
internal readonly record struct PngHeader(uint Width, uint Height, int Depth, PngColor Color, bool IsInterlaced)
{
    private const int Length = 33;

    /// <summary>Values of a pixel.</summary>
    public int Channels =>
        Color switch
        {
            PngColor.Rgb => 3,
            PngColor.GreyAlpha => 2,
            PngColor.RgbAlpha => 4,
            _ => 1,
        };

    /// <summary>Whole bytes of a pixel, 1 where several pixels share one.</summary>
    public int PixelBytes => Math.Max(1, Depth * Channels / 8);

    /// <summary>Bytes of so many pixels of a row.</summary>
    public int RowBytes(int width) => (int)((((long)width * Depth * Channels) + 7) / 8);

    /// <summary>Least bytes of all rows, with the byte before each; interlaced files have some more.</summary>
    public long RawBytes => (RowBytes((int)Width) + 1L) * Height;

    /// <summary>Reads it.</summary>
    /// <param name="bytes">The file, or enough of its start.</param>
    /// <param name="header">What it says.</param>
    /// <param name="reason">Else why it cannot be read, as the end of a sentence.</param>
    public static bool TryRead(ReadOnlySpan<byte> bytes, out PngHeader header, out string reason)
    {
        header = default;
        reason = "";
        if (bytes.Length < Length)
            reason = "the file ends within its PNG header";
        else if (!bytes[12..].StartsWith("IHDR"u8))
            reason = "it does not begin with a PNG header";
        if (reason.Length > 0)
            return false;
        header = new PngHeader(
            BinaryPrimitives.ReadUInt32BigEndian(bytes[16..]),
            BinaryPrimitives.ReadUInt32BigEndian(bytes[20..]),
            bytes[24],
            (PngColor)bytes[25],
            bytes[28] == 1
        );
        if (!header.HasKnownValues)
            reason = $"it is a PNG of colour type {bytes[25]} with {bytes[24]} bits, which does not exist";
        else if ((bytes[26], bytes[27]) != (0, 0) || bytes[28] > 1)
            reason = "it is packed, filtered or interlaced in a way that PNG does not know";
        return reason.Length == 0;
    }

    private bool HasKnownValues =>
        Color switch
        {
            PngColor.Grey => Depth is 1 or 2 or 4 or 8 or 16,
            PngColor.Palette => Depth is 1 or 2 or 4 or 8,
            PngColor.Rgb or PngColor.GreyAlpha or PngColor.RgbAlpha => Depth is 8 or 16,
            _ => false,
        };
}
