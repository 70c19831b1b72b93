namespace Evenkeel.Data.Images.Codecs.Jpeg;

/// <summary>What the markers of a JPEG file say beside its size, which the decoder itself is asked for.</summary>
/// <param name="Frame">The marker of the first frame, which says how pixels are coded; 0 where none begins.</param>
/// <param name="Bits">Bits of a value; 0 where no frame begins.</param>
/// <param name="Scans">Passes over the image.</param>
/// <param name="IsAdobe">Whether Adobe's programs wrote it.</param>
/// <param name="Orientation">How the image is to be turned.</param>
internal readonly record struct JpegMarkers(byte Frame, int Bits, int Scans, bool IsAdobe, Orientation Orientation)
{
    private const int KnownBits = 8;

    // So many libjpeg-turbo makes where it is asked to stop at all.
    private const int MaxScans = 500;

    /// <summary>Reads them up to the end of the image.</summary>
    /// <param name="bytes">The file, or enough of its start.</param>
    public static JpegMarkers Read(ReadOnlySpan<byte> bytes)
    {
        var found = new JpegMarkers(0, 0, 0, false, Orientation.Upright);
        var segments = new JpegSegments(bytes);
        while (segments.TryNext() && segments.Marker != JpegMarker.EndOfImage)
            found = found.With(segments.Marker, segments.Body);
        return found;
    }

    /// <summary>Whether files coded so are decoded, by any decoder, else why not.</summary>
    public bool AllowCoding(out string reason)
    {
        reason = Frame switch
        {
            JpegMarker.ArithmeticExtended or JpegMarker.ArithmeticProgressive =>
                "it is a JPEG with arithmetic coding, which is not supported",
            0 => "",
            not (JpegMarker.Baseline or JpegMarker.Extended or JpegMarker.Progressive) =>
                "it is a lossless or hierarchical JPEG, which is not supported",
            _ when Bits != KnownBits => $"it is a JPEG of {Bits} bits, not {KnownBits}",
            _ => "",
        };
        return reason.Length == 0;
    }

    /// <summary>Whether an image of this size and so many scans is decoded, else why not.</summary>
    public bool AllowSize(ImageHeader header, ImageLimits limits, out string reason)
    {
        if (!limits.AllowSize(header.Width, header.Height, out reason))
            return false;
        if ((long)header.Width * header.Height * Scans > limits.MaxScannedPixels)
            reason =
                $"its {Scans} scans of {header.Width} x {header.Height} pixels are more than the limit of "
                + $"{limits.MaxScannedPixels} pixels together";
        else if (Scans > MaxScans)
            reason = $"its {Scans} scans are more than the limit of {MaxScans}";
        return reason.Length == 0;
    }

    private JpegMarkers With(byte marker, ReadOnlySpan<byte> body) =>
        marker switch
        {
            JpegMarker.StartOfScan => this with { Scans = Scans + 1 },
            JpegMarker.Adobe when body.StartsWith("Adobe"u8) => this with { IsAdobe = true },
            JpegMarker.Exif when body.StartsWith("Exif\0\0"u8) && Orientation == Orientation.Upright => this with
            {
                Orientation = ExifOrientation.Read(body[6..]),
            },
            _ when JpegMarker.IsFrame(marker) && body.Length > 0 && Frame == 0 => this with
            {
                Frame = marker,
                Bits = body[0],
            },
            _ => this,
        };
}
