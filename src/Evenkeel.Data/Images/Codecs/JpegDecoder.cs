using System.Runtime.InteropServices;

namespace Evenkeel.Data.Images.Codecs;

/// <summary>Decodes JPEG files, scaled down while decoding where fewer pixels are enough; for one thread at a time.</summary>
internal sealed unsafe class JpegDecoder : SafeHandle
{
    private const int FormatRgb = 0;
    private const int FormatCmyk = 11;
    private const int AccurateDct = 4096;
    private const int InkChannels = 4;
    private const int SmallestEighths = 1;
    private const int AllEighths = 8;

    private readonly TurboJpegLibrary _library;
    private byte[] _inks = [];

    /// <summary>Makes a decoder.</summary>
    /// <exception cref="DataUnavailableException">The system library is missing.</exception>
    public JpegDecoder()
        : base(0, ownsHandle: true)
    {
        _library = TurboJpegLibrary.Instance;
        SetHandle(_library.Init());
        if (IsInvalid)
            throw new InvalidOperationException("libjpeg-turbo could not make a decoder.");
    }

    /// <inheritdoc/>
    public override bool IsInvalid => handle == 0;

    /// <summary>Decodes a file.</summary>
    /// <param name="bytes">The file.</param>
    /// <param name="colors">What its header says of its colours.</param>
    /// <param name="shorterSide">A shorter side of at least this is enough; 0 for the full size.</param>
    /// <param name="image">Overwritten.</param>
    /// <param name="reason">Else why it cannot be decoded.</param>
    public bool TryDecode(
        ReadOnlySpan<byte> bytes,
        JpegColors colors,
        int shorterSide,
        ImageBuffer image,
        out string reason
    )
    {
        fixed (byte* source = bytes)
        {
            (int width, int height, int subsampling, int space) = (0, 0, 0, 0);
            var length = new CULong((nuint)bytes.Length);
            if (_library.ReadHeader(handle, source, length, &width, &height, &subsampling, &space) != 0)
            {
                reason = Error();
                Renew();
                return false;
            }

            int eighths = shorterSide == 0 ? AllEighths : EighthsFor(Math.Min(width, height), shorterSide);
            image.Resize(Scaled(height, eighths), Scaled(width, eighths));
            if (colors != JpegColors.GreyOrColor)
                return TryDecodeInks(source, length, colors, image, out reason);
            fixed (byte* pixels = image.Pixels)
                return TryDecompress(source, length, pixels, image, FormatRgb, ImageBuffer.Channels, out reason);
        }
    }

    // After a header that ended early the library's state is that of half an image, and whole files would fail after it.
    private void Renew()
    {
        _library.Destroy(handle);
        SetHandle(_library.Init());
        if (IsInvalid)
            throw new InvalidOperationException("libjpeg-turbo could not make a decoder.");
    }

    /// <inheritdoc/>
    protected override bool ReleaseHandle() => _library.Destroy(handle) == 0;

    // Only halves, quarters and eighths, for which the decoder has quick code.
    private static int EighthsFor(int side, int wanted)
    {
        int eighths = SmallestEighths;
        while (eighths < AllEighths && Scaled(side, eighths) < wanted)
            eighths *= 2;
        return eighths;
    }

    private static int Scaled(int side, int eighths) => (int)((((long)side * eighths) + AllEighths - 1) / AllEighths);

    private bool TryDecodeInks(byte* source, CULong length, JpegColors colors, ImageBuffer image, out string reason)
    {
        int needed = checked(image.Width * image.Height * InkChannels);
        if (_inks.Length < needed)
            _inks = GC.AllocateUninitializedArray<byte>(needed);
        fixed (byte* inks = _inks)
        {
            if (!TryDecompress(source, length, inks, image, FormatCmyk, InkChannels, out reason))
                return false;
        }

        int flip = colors == JpegColors.InvertedInks ? 0 : 255;
        Span<byte> pixels = image.Pixels;
        for (int from = 0, to = 0; to < pixels.Length; from += InkChannels, to += ImageBuffer.Channels)
        {
            int black = _inks[from + 3] ^ flip;
            for (int channel = 0; channel < ImageBuffer.Channels; channel++)
                pixels[to + channel] = (byte)((((_inks[from + channel] ^ flip) * black) + 127) / 255);
        }

        return true;
    }

    private bool TryDecompress(
        byte* source,
        CULong length,
        byte* pixels,
        ImageBuffer image,
        int format,
        int channels,
        out string reason
    )
    {
        reason = "";
        int stride = image.Width * channels;
        int result = _library.Decompress(
            handle,
            source,
            length,
            pixels,
            image.Width,
            stride,
            image.Height,
            format,
            AccurateDct
        );
        if (result == 0)
            return true;
        reason = Error();
        return IsHarmless(reason);
    }

    // Warnings after which the whole picture is there all the same. The library's error code cannot tell: an error that
    // follows a warning has a warning's code.
    private static bool IsHarmless(string warning) =>
        warning.Contains("extraneous bytes before marker", StringComparison.Ordinal)
        || warning.Contains("unknown JFIF revision", StringComparison.Ordinal)
        || warning.Contains("Unknown Adobe color transform", StringComparison.Ordinal)
        || warning.Contains("Invalid SOS parameters", StringComparison.Ordinal);

    private string Error() => Marshal.PtrToStringUTF8((nint)_library.ErrorText(handle)) ?? "an unknown error";
}
