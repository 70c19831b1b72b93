using System.Buffers.Binary;

namespace Evenkeel.Data.Images.Codecs;

/// <summary>What the first bytes of an image file say of it.</summary>
internal readonly record struct ImageHeader(ImageKind Kind, int Width, int Height, JpegColors Colors)
{
    private const int PngHeaderLength = 33;
    private const byte JpegMarker = 0xFF;
    private static readonly byte[] PngSignature = [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A];

    /// <summary>Reads a header.</summary>
    /// <param name="bytes">The file, or enough of its start.</param>
    /// <param name="header">What it says.</param>
    /// <param name="reason">Else why it cannot be read, as the end of a sentence.</param>
    public static bool TryRead(ReadOnlySpan<byte> bytes, out ImageHeader header, out string reason)
    {
        header = default;
        if (bytes.IsEmpty)
        {
            reason = "the file is empty";
            return false;
        }

        if (bytes.StartsWith([JpegMarker, (byte)0xD8, JpegMarker]))
            return TryReadJpeg(bytes, out header, out reason);
        if (bytes.StartsWith(PngSignature))
            return TryReadPng(bytes, out header, out reason);
        reason = "the file is neither JPEG nor PNG";
        return false;
    }

    private static bool TryReadPng(ReadOnlySpan<byte> bytes, out ImageHeader header, out string reason)
    {
        header = default;
        if (bytes.Length < PngHeaderLength || !bytes[12..].StartsWith("IHDR"u8))
        {
            reason = "the file ends within its PNG header";
            return false;
        }

        uint width = BinaryPrimitives.ReadUInt32BigEndian(bytes[16..]);
        uint height = BinaryPrimitives.ReadUInt32BigEndian(bytes[20..]);
        header = new ImageHeader(ImageKind.Png, (int)width, (int)height, JpegColors.GreyOrColor);
        reason = "its PNG header gives no possible size";
        return width is > 0 and <= int.MaxValue && height is > 0 and <= int.MaxValue;
    }

    private static bool TryReadJpeg(ReadOnlySpan<byte> bytes, out ImageHeader header, out string reason)
    {
        header = default;
        reason = "the file ends within its JPEG header";
        bool adobe = false;
        int at = 2;
        while (at + 4 <= bytes.Length)
        {
            if (bytes[at] != JpegMarker)
            {
                reason = "its JPEG header is damaged";
                return false;
            }

            byte marker = bytes[at + 1];
            if (marker == JpegMarker)
            {
                at++;
                continue;
            }

            int length = BinaryPrimitives.ReadUInt16BigEndian(bytes[(at + 2)..]);
            ReadOnlySpan<byte> body = bytes[(at + 4)..];
            adobe |= marker == 0xEE && body.StartsWith("Adobe"u8);
            if (IsFrame(marker))
                return TryReadFrame(body, adobe, out header, out reason);
            if (marker is 0xDA or 0xD9)
            {
                reason = "its JPEG header gives no size";
                return false;
            }

            at += 2 + Math.Max(2, length);
        }

        return false;
    }

    private static bool TryReadFrame(ReadOnlySpan<byte> body, bool adobe, out ImageHeader header, out string reason)
    {
        header = default;
        reason = "the file ends within its JPEG header";
        if (body.Length < 6)
            return false;
        int height = BinaryPrimitives.ReadUInt16BigEndian(body[1..]);
        int width = BinaryPrimitives.ReadUInt16BigEndian(body[3..]);
        JpegColors inks = adobe ? JpegColors.InvertedInks : JpegColors.Inks;
        header = new ImageHeader(ImageKind.Jpeg, width, height, body[5] == 4 ? inks : JpegColors.GreyOrColor);
        reason = body[0] == 8 ? "its JPEG header gives no possible size" : $"it is a JPEG of {body[0]} bits, not 8";
        return body[0] == 8 && width > 0 && height > 0;
    }

    // Start-of-frame markers: C0 to CF but for tables (C4), reserved (C8) and arithmetic conditioning (CC).
    private static bool IsFrame(byte marker) => marker is >= 0xC0 and <= 0xCF and not (0xC4 or 0xC8 or 0xCC);
}
