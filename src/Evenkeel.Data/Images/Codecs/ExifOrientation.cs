using System.Buffers.Binary;

namespace Evenkeel.Data.Images.Codecs;

/// <summary>Reads the orientation that a camera noted: tag 0112 of the first directory of a TIFF structure.</summary>
internal static class ExifOrientation
{
    private const ushort Tag = 0x0112;
    private const ushort ShortNumber = 3;
    private const int EntryLength = 12;

    /// <summary>The orientation; upright where there is none, or none that exists.</summary>
    /// <param name="tiff">From the byte order mark on.</param>
    public static Orientation Read(ReadOnlySpan<byte> tiff)
    {
        bool little = tiff.StartsWith("II*\0"u8);
        if (tiff.Length < 8 || (!little && !tiff.StartsWith("MM\0*"u8)))
            return Orientation.Upright;
        uint begin = little
            ? BinaryPrimitives.ReadUInt32LittleEndian(tiff[4..])
            : BinaryPrimitives.ReadUInt32BigEndian(tiff[4..]);
        if (begin > tiff.Length - 2)
            return Orientation.Upright;
        ReadOnlySpan<byte> entries = tiff[((int)begin + 2)..];
        int count = Math.Min(Number(tiff[(int)begin..], little), entries.Length / EntryLength);
        for (int i = 0; i < count; i++)
        {
            ReadOnlySpan<byte> entry = entries.Slice(i * EntryLength, EntryLength);
            if (Number(entry, little) == Tag && Number(entry[2..], little) == ShortNumber)
                return Number(entry[8..], little) is >= 1 and <= 8 and var value
                    ? (Orientation)value
                    : Orientation.Upright;
        }

        return Orientation.Upright;
    }

    private static ushort Number(ReadOnlySpan<byte> bytes, bool little) =>
        little ? BinaryPrimitives.ReadUInt16LittleEndian(bytes) : BinaryPrimitives.ReadUInt16BigEndian(bytes);
}
