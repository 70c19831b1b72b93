namespace Evenkeel.Data.Images.Codecs.Png;

/// <summary>
/// The chunks of a PNG file that its pixels depend on, brought together; for one thread at a time. All others, such as texts, are passed
/// over and not unpacked. Colours are taken as they are stored, whatever is noted about their gamma or profile.
/// </summary>
internal sealed class PngContent
{
    private const int PaletteSize = 256;

    private readonly byte[] _palette = new byte[PaletteSize * ImageBuffer.Channels];
    private readonly byte[] _transparency = new byte[PaletteSize];
    private int _paletteLength;
    private int _transparencyLength;

    /// <summary>The pixel data, as it is packed: the first <see cref="PackedLength"/> bytes.</summary>
    public byte[] Packed { get; private set; } = [];

    /// <summary>Bytes of the pixel data.</summary>
    public int PackedLength { get; private set; }

    /// <summary>Red, green and blue of each colour that has a number.</summary>
    public ReadOnlySpan<byte> Palette => _palette.AsSpan(0, _paletteLength);

    /// <summary>Opacities of the palette's colours, or the one colour that is transparent; empty where all is opaque.</summary>
    public ReadOnlySpan<byte> Transparency => _transparency.AsSpan(0, _transparencyLength);

    /// <summary>How the image is to be turned.</summary>
    public Orientation Orientation { get; private set; }

    /// <summary>Collects a file's chunks.</summary>
    /// <param name="file">The file.</param>
    /// <param name="header">Its header.</param>
    /// <param name="reason">Else why it cannot be decoded, as the end of a sentence.</param>
    public bool TryRead(ReadOnlySpan<byte> file, PngHeader header, out string reason)
    {
        (_paletteLength, _transparencyLength, PackedLength) = (0, 0, 0);
        Orientation = Orientation.Upright;
        if (Packed.Length < file.Length)
            Packed = GC.AllocateUninitializedArray<byte>(file.Length);
        reason = "";
        bool isPixels = false;
        var chunks = new PngChunks(file);
        for (int place = 0; reason.Length == 0 && chunks.TryNext(); place++)
        {
            if (chunks.Type.SequenceEqual("eXIf"u8))
                Orientation = ExifOrientation.Read(chunks.Content);
            // What comes after the pixels says nothing about them.
            bool isMore = chunks.Type.SequenceEqual("IDAT"u8);
            if (PackedLength == 0 || (isMore && isPixels))
                reason = Take(chunks, place);
            isPixels = isMore;
        }

        if (reason.Length == 0 && PackedLength == 0)
            reason = "it has no pixel data";
        else if (reason.Length == 0 && header.Color == PngColor.Palette && _paletteLength == 0)
            reason = "its palette is missing";
        return reason.Length == 0;
    }

    // Damage is an error where the pixels depend on it; a transparency that is damaged is left out, as other readers do.
    private string Take(in PngChunks chunk, int place)
    {
        if (!chunk.IsCritical && !chunk.Type.SequenceEqual("tRNS"u8))
            return "";
        bool intact = chunk.IsIntact;
        string name = System.Text.Encoding.ASCII.GetString(chunk.Type);
        switch (name)
        {
            case "tRNS" when intact && chunk.Content.Length <= PaletteSize:
                chunk.Content.CopyTo(_transparency);
                _transparencyLength = chunk.Content.Length;
                return "";
            case "tRNS" or "IEND":
                return "";
            case var _ when !intact:
                return $"its {name} chunk is damaged or cut off";
            case "IDAT":
                chunk.Content.CopyTo(Packed.AsSpan(PackedLength));
                PackedLength += chunk.Content.Length;
                return "";
            case "PLTE" when chunk.Content.Length % ImageBuffer.Channels == 0:
                _paletteLength = Math.Min(chunk.Content.Length, _palette.Length);
                chunk.Content[.._paletteLength].CopyTo(_palette);
                return "";
            case "IHDR" when place == 0:
                return "";
            default:
                return $"its {name} chunk is unknown, out of place or of a wrong length";
        }
    }
}
