using System.Runtime.InteropServices;

namespace Evenkeel.Data.Images.Codecs.Jpeg;

/// <summary>Decodes JPEG files by the system's libjpeg-turbo.</summary>
internal sealed unsafe class TurboJpegDecoder : SafeHandle, IJpegDecoder
{
    private const int FormatRgb = 0;
    private const int FormatCmyk = 11;
    private const int AccurateDct = 4096;
    private const int LimitScans = 32768;
    private const int StopAtWarning = 8192;
    private const int SpaceCmyk = 3;
    private const int SpaceYcck = 4;
    private const int InkChannels = 4;

    private readonly TurboJpegLibrary _library;
    private byte[] _inks = [];

    /// <summary>Makes a decoder.</summary>
    public TurboJpegDecoder(TurboJpegLibrary library)
        : base(0, ownsHandle: true)
    {
        _library = library;
        Begin();
    }

    /// <inheritdoc/>
    public override bool IsInvalid => handle == 0;

    /// <inheritdoc/>
    public bool TryReadHeader(ReadOnlySpan<byte> bytes, out ImageHeader header, out string reason)
    {
        fixed (byte* source = bytes)
            return TryReadHeader(source, new CULong((nuint)bytes.Length), out header, out _, out reason);
    }

    /// <inheritdoc/>
    public bool TryDecode(
        ReadOnlySpan<byte> bytes,
        JpegMarkers markers,
        int shorterSide,
        ImageLimits limits,
        ImageBuffer image,
        out string reason
    )
    {
        fixed (byte* source = bytes)
        {
            var length = new CULong((nuint)bytes.Length);
            if (
                !TryReadHeader(source, length, out ImageHeader header, out bool inks, out reason)
                || !markers.AllowSize(header, limits, out reason)
            )
                return false;
            int eighths = JpegScale.For(header, shorterSide);
            image.Resize(JpegScale.Of(header.Height, eighths), JpegScale.Of(header.Width, eighths));
            if (inks)
                return TryDecodeInks(source, length, markers.IsAdobe, image, out reason);
            fixed (byte* pixels = image.Pixels)
                return TryDecompress(source, length, pixels, image, FormatRgb, ImageBuffer.Channels, out reason);
        }
    }

    private bool TryReadHeader(byte* source, CULong length, out ImageHeader header, out bool inks, out string reason)
    {
        (int width, int height, int subsampling, int space) = (0, 0, 0, 0);
        bool read = _library.ReadHeader(handle, source, length, &width, &height, &subsampling, &space) == 0;
        header = new ImageHeader(ImageKind.Jpeg, width, height);
        inks = space is SpaceCmyk or SpaceYcck;
        reason = read ? "" : Error();
        if (!read)
            Renew();
        return read;
    }

    // After a header that ended early the library's state is that of half an image, and whole files would fail after it.
    private void Renew()
    {
        _library.Destroy(handle);
        Begin();
    }

    private void Begin()
    {
        SetHandle(_library.Init());
        if (IsInvalid)
            throw new InvalidOperationException("libjpeg-turbo could not make a decoder.");
    }

    /// <inheritdoc/>
    protected override bool ReleaseHandle() => _library.Destroy(handle) == 0;

    private bool TryDecodeInks(byte* source, CULong length, bool inverted, ImageBuffer image, out string reason)
    {
        int needed = checked(image.Width * image.Height * InkChannels);
        if (_inks.Length < needed)
            _inks = GC.AllocateUninitializedArray<byte>(needed);
        fixed (byte* inks = _inks)
        {
            if (!TryDecompress(source, length, inks, image, FormatCmyk, InkChannels, out reason))
                return false;
        }

        // Adobe's programs write amounts of light left instead of amounts of ink.
        int flip = inverted ? 0 : 255;
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
        // Damage ends the work at its first sign; only what is harmless is worth a second try, to the end.
        string? fault = Decompress(StopAtWarning);
        if (fault is not null && IsHarmless(fault))
            fault = Decompress(0);
        reason = fault ?? "";
        return fault is null || IsHarmless(fault);

        string? Decompress(int flags)
        {
            int result = _library.Decompress(
                handle,
                source,
                length,
                pixels,
                image.Width,
                image.Width * channels,
                image.Height,
                format,
                AccurateDct | LimitScans | flags
            );
            return result == 0 ? null : Error();
        }
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
