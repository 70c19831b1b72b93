using System.Buffers.Binary;

namespace Evenkeel.Data.Images.Codecs;

/// <summary>
/// What the markers of a JPEG file say beside its size, which the decoder itself is asked for: walked as the decoder walks them, over fill
/// bytes, markers without a body and what lies between.
/// </summary>
/// <param name="Bits">Bits of a value; 0 where no frame begins.</param>
/// <param name="Scans">Passes over the image.</param>
/// <param name="IsAdobe">Whether Adobe's programs wrote it.</param>
/// <param name="Orientation">How the image is to be turned.</param>
internal readonly record struct JpegMarkers(int Bits, int Scans, bool IsAdobe, Orientation Orientation)
{
    private const byte Start = 0xFF;
    private const byte EndOfImage = 0xD9;
    private const byte StartOfScan = 0xDA;
    private const byte Exif = 0xE1;
    private const byte Adobe = 0xEE;

    /// <summary>Reads them up to the end of the image.</summary>
    /// <param name="bytes">The file, or enough of its start.</param>
    public static JpegMarkers Read(ReadOnlySpan<byte> bytes)
    {
        var found = new JpegMarkers(0, 0, false, Orientation.Upright);
        ReadOnlySpan<byte> rest = bytes;
        while (TryNext(ref rest, out byte marker) && marker != EndOfImage)
        {
            if (!HasBody(marker) || rest.Length < 2)
                continue;
            int length = Math.Clamp(BinaryPrimitives.ReadUInt16BigEndian(rest), 2, rest.Length);
            found = found.With(marker, rest[2..length]);
            rest = rest[length..];
        }

        return found;
    }

    private JpegMarkers With(byte marker, ReadOnlySpan<byte> body) =>
        marker switch
        {
            StartOfScan => this with { Scans = Scans + 1 },
            Adobe when body.StartsWith("Adobe"u8) => this with { IsAdobe = true },
            Exif when body.StartsWith("Exif\0\0"u8) && Orientation == Orientation.Upright => this with
            {
                Orientation = ExifOrientation.Read(body[6..]),
            },
            _ when IsFrame(marker) && body.Length > 0 && Bits == 0 => this with { Bits = body[0] },
            _ => this,
        };

    // Skips what is between markers, the pixels themselves among it, where FF 00 stands for the value FF.
    private static bool TryNext(ref ReadOnlySpan<byte> rest, out byte marker)
    {
        marker = 0;
        while (marker is 0 or Start)
        {
            int at = rest.IndexOf(Start);
            if (at < 0 || at + 1 >= rest.Length)
                return false;
            marker = rest[at + 1];
            rest = rest[(marker == Start ? at + 1 : at + 2)..];
        }

        return true;
    }

    // Start of image, restarts and TEM have none.
    private static bool HasBody(byte marker) => marker is not (0x01 or (>= 0xD0 and <= 0xD8));

    // C0 to CF but for tables (C4), reserved (C8) and arithmetic conditioning (CC).
    private static bool IsFrame(byte marker) => marker is >= 0xC0 and <= 0xCF and not (0xC4 or 0xC8 or 0xCC);
}
