namespace Evenkeel.Data.Images.Codecs.Jpeg;

/// <summary>
/// Decodes JPEG files without any library of the system: of 8 bits, sequential and progressive, with Huffman codes. It computes as libjpeg
/// does with its accurate transform. All memory is managed, and every access to it checked, whatever a file says.
/// </summary>
internal sealed class ManagedJpegDecoder : IJpegDecoder
{
    private const int StartLength = 2;

    private readonly JpegTables _tables = new();
    private readonly JpegFrame _frame = new();
    private readonly JpegScan _scan = new();
    private readonly JpegColors _colors = new();
    private readonly SequentialScan _sequential = new();
    private readonly FirstValueScan _firstValues = new();
    private readonly FirstValueRefinement _firstValueBits = new();
    private readonly BandScan _bands = new();
    private readonly BandRefinement _bandBits = new();

    /// <inheritdoc/>
    public bool TryReadHeader(ReadOnlySpan<byte> bytes, out ImageHeader header, out string reason)
    {
        header = default;
        _frame.Clear();
        try
        {
            var segments = new JpegSegments(bytes[StartLength..]);
            while (segments.TryNext() && segments.IsWhole && segments.Marker != JpegMarker.EndOfImage)
            {
                if (JpegMarker.IsFrame(segments.Marker))
                    _frame.Read(segments.Marker, segments.Body);
                if (segments.Marker != JpegMarker.StartOfScan || !_frame.IsRead)
                    continue;
                header = new ImageHeader(ImageKind.Jpeg, _frame.Width, _frame.Height);
                reason = "";
                return true;
            }

            reason = "the JPEG file ends before its pixels";
        }
        catch (InvalidDataException e)
        {
            reason = e.Message;
        }

        return false;
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
        if (!TryReadHeader(bytes, out ImageHeader header, out reason) || !markers.AllowSize(header, limits, out reason))
            return false;
        try
        {
            int eighths = JpegScale.For(header, shorterSide);
            image.Resize(JpegScale.Of(header.Height, eighths), JpegScale.Of(header.Width, eighths));
            Read(bytes, eighths);
            Finish();
            _colors.Write(_frame, eighths > 1, image);
            return true;
        }
        catch (InvalidDataException e)
        {
            reason = e.Message;
            return false;
        }
    }

    /// <inheritdoc/>
    public void Dispose() { }

    private void Read(ReadOnlySpan<byte> bytes, int eighths)
    {
        _frame.Clear();
        _tables.Clear();
        _colors.Clear();
        var segments = new JpegSegments(bytes[StartLength..]);
        while (segments.TryNext() && segments.IsWhole)
        {
            switch (segments.Marker)
            {
                case JpegMarker.EndOfImage:
                    return;
                case JpegMarker.StartOfScan:
                    _scan.Read(segments.Body, _frame, _tables);
                    segments.Rest = Decoder().Decode(segments.Rest, _scan, _frame, _tables.RestartInterval);
                    break;
                default:
                    Define(segments.Marker, segments.Body, eighths);
                    break;
            }
        }

        throw new InvalidDataException("the JPEG file ends before the end of its image");
    }

    private void Define(byte marker, ReadOnlySpan<byte> body, int eighths)
    {
        switch (marker)
        {
            case JpegMarker.QuantizationTables:
                _tables.ReadQuantization(body);
                break;
            case JpegMarker.HuffmanTables:
                _tables.ReadHuffman(body);
                break;
            case JpegMarker.RestartInterval:
                _tables.ReadRestartInterval(body);
                break;
            case JpegMarker.Jfif:
                _colors.ReadJfif(body);
                break;
            case JpegMarker.Adobe:
                _colors.ReadAdobe(body);
                break;
            case var _ when JpegMarker.IsFrame(marker):
                _frame.Read(marker, body);
                foreach (JpegComponent component in _frame.Components)
                    component.Lay(_frame, eighths);
                break;
            case var _ when !JpegMarker.IsHarmless(marker):
                throw new InvalidDataException(
                    $"its JPEG data has the marker {marker:X2}, which is unknown or out of place"
                );
        }
    }

    private ScanDecoder Decoder() =>
        (_frame.IsProgressive, _scan.From, _scan.IsRefinement) switch
        {
            (false, _, _) => _sequential,
            (_, 0, false) => _firstValues,
            (_, 0, true) => _firstValueBits,
            (_, _, false) => _bands,
            _ => _bandBits,
        };

    private void Finish()
    {
        foreach (JpegComponent component in _frame.Components)
        {
            if (!component.IsScanned)
                throw new InvalidDataException($"its JPEG data lacks a scan of the colour {component.Id}");
            for (int y = 0; _frame.IsProgressive && y < component.BlocksDown; y++)
            {
                for (int x = 0; x < component.BlocksAcross; x++)
                    InverseDct.Write(component.Coefficients(x, y), component, x, y);
            }
        }
    }
}
