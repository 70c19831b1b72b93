using System.IO.Compression;

namespace Evenkeel.Data.Images.Codecs;

/// <summary>
/// Keeps from libpng what it would unpack for nothing: texts, of which it takes a thousand of 8 MB each, and pixel data that goes on after
/// the last pixel. For one thread at a time.
/// </summary>
internal sealed class PngFilter
{
    // About a second of unpacking.
    private const long FreeBytes = 256L << 20;

    // Deflate packs at most 1,032 bytes into one.
    private const long MaxExpansion = 1032;

    private byte[] _kept = [];
    private byte[] _pixels = [];

    /// <summary>The file's chunks that the pixels depend on.</summary>
    /// <param name="file">The file.</param>
    /// <param name="orientation">How the image is to be turned, which a chunk that is not kept says.</param>
    /// <returns>A file; valid until the next call.</returns>
    public ReadOnlySpan<byte> Keep(ReadOnlySpan<byte> file, out Orientation orientation)
    {
        orientation = Orientation.Upright;
        if (_kept.Length < file.Length)
            _kept = GC.AllocateUninitializedArray<byte>(file.Length);
        PngChunks.Signature.CopyTo(_kept);
        int length = PngChunks.Signature.Length;
        var chunks = new PngChunks(file);
        while (chunks.TryNext())
        {
            if (chunks.Type.SequenceEqual("eXIf"u8))
                orientation = ExifOrientation.Read(chunks.Content);
            if (!ConcernsPixels(chunks.Type))
                continue;
            chunks.Whole.CopyTo(_kept.AsSpan(length));
            length += chunks.Whole.Length;
        }

        return _kept.AsSpan(0, length);
    }

    /// <summary>Whether the pixel data ends where the pixels do, or soon after.</summary>
    public bool Ends(ReadOnlySpan<byte> file, PngHeader header)
    {
        long max = (2 * header.RawBytes) + FreeBytes;
        int packed = 0;
        var chunks = new PngChunks(file);
        while (chunks.TryNext())
        {
            if (IsPixels(chunks.Type))
                packed += chunks.Content.Length;
        }

        return packed * MaxExpansion <= max || Unpacked(file, packed, max) <= max;
    }

    private static bool IsPixels(ReadOnlySpan<byte> type) => type.SequenceEqual("IDAT"u8);

    // All that must be understood begins with a capital letter; of the rest, what says how values become colours.
    private static bool ConcernsPixels(ReadOnlySpan<byte> type) =>
        type[0] is >= (byte)'A' and <= (byte)'Z'
        || type.SequenceEqual("tRNS"u8)
        || type.SequenceEqual("gAMA"u8)
        || type.SequenceEqual("cHRM"u8)
        || type.SequenceEqual("sRGB"u8)
        || type.SequenceEqual("iCCP"u8)
        || type.SequenceEqual("sBIT"u8);

    private long Unpacked(ReadOnlySpan<byte> file, int packed, long max)
    {
        if (_pixels.Length < packed)
            _pixels = GC.AllocateUninitializedArray<byte>(packed);
        int length = 0;
        var chunks = new PngChunks(file);
        while (chunks.TryNext())
        {
            if (!IsPixels(chunks.Type))
                continue;
            chunks.Content.CopyTo(_pixels.AsSpan(length));
            length += chunks.Content.Length;
        }

        using var inflate = new ZLibStream(new MemoryStream(_pixels, 0, packed), CompressionMode.Decompress);
        Span<byte> piece = stackalloc byte[1 << 14];
        long unpacked = 0;
        try
        {
            for (int read = 1; read > 0 && unpacked <= max; unpacked += read)
                read = inflate.Read(piece);
        }
        catch (InvalidDataException)
        {
            // The decoder says what is wrong.
        }

        return unpacked;
    }
}
