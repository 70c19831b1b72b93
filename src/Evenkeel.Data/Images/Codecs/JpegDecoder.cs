using System.Runtime.InteropServices;

namespace Evenkeel.Data.Images.Codecs;

/// <summary>Decodes JPEG files, scaled down while decoding where fewer pixels are enough; for one thread at a time.</summary>
internal sealed unsafe class JpegDecoder : SafeHandle
{
    private const int FormatRgb = 0;
    private const int FormatCmyk = 11;
    private const int AccurateDct = 4096;
    private const int LimitScans = 32768;
    private const int StopAtWarning = 8192;
    private const int SpaceCmyk = 3;
    private const int SpaceYcck = 4;
    private const int Bits = 8;
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
        Begin();
    }

    /// <inheritdoc/>
    public override bool IsInvalid => handle == 0;

    /// <summary>Reads the size that would be decoded.</summary>
    /// <param name="bytes">The file, or enough of its start.</param>
    /// <param name="header">What the decoder sees.</param>
    /// <param name="reason">Else why it cannot be decoded.</param>
    public bool TryReadHeader(ReadOnlySpan<byte> bytes, out ImageHeader header, out string reason)
    {
        fixed (byte* source = bytes)
            return TryReadHeader(source, new CULong((nuint)bytes.Length), out header, out _, out reason);
    }

    /// <summary>Decodes a file.</summary>
    /// <param name="bytes">The file.</param>
    /// <param name="markers">What its markers say.</param>
    /// <param name="shorterSide">A shorter side of at least this is enough; 0 for the full size.</param>
    /// <param name="limits">Which sizes are decoded.</param>
    /// <param name="image">Overwritten, as it is stored.</param>
    /// <param name="reason">Else why it cannot be decoded.</param>
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
                || !Allow(header, markers, limits, out reason)
            )
                return false;
            int eighths =
                shorterSide == 0 ? AllEighths : EighthsFor(Math.Min(header.Width, header.Height), shorterSide);
            image.Resize(Scaled(header.Height, eighths), Scaled(header.Width, eighths));
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

    private static bool Allow(ImageHeader header, JpegMarkers markers, ImageLimits limits, out string reason)
    {
        if (!limits.AllowSize(header.Width, header.Height, out reason))
            return false;
        if (markers.Bits != Bits)
            reason = $"it is a JPEG of {markers.Bits} bits, not {Bits}";
        else if ((long)header.Width * header.Height * markers.Scans > limits.MaxScannedPixels)
            reason =
                $"its {markers.Scans} scans of {header.Width} x {header.Height} pixels are more than the limit of "
                + $"{limits.MaxScannedPixels} pixels together";
        return reason.Length == 0;
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

    // Only halves, quarters and eighths, for which the decoder has quick code.
    private static int EighthsFor(int side, int wanted)
    {
        int eighths = SmallestEighths;
        while (eighths < AllEighths && Scaled(side, eighths) < wanted)
            eighths *= 2;
        return eighths;
    }

    private static int Scaled(int side, int eighths) => (int)((((long)side * eighths) + AllEighths - 1) / AllEighths);

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
