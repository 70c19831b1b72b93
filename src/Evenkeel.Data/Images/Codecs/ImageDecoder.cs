namespace Evenkeel.Data.Images.Codecs;

/// <summary>Decodes image files by what they contain, whatever they are called; for one thread at a time.</summary>
internal sealed class ImageDecoder(long maxPixels) : IDisposable
{
    private JpegDecoder? _jpeg;

    /// <summary>Decodes a file.</summary>
    /// <param name="bytes">The file.</param>
    /// <param name="shorterSide">A shorter side of at least this is enough; 0 for the full size.</param>
    /// <param name="image">Overwritten.</param>
    /// <param name="reason">Else why it cannot be decoded, as the end of a sentence.</param>
    /// <exception cref="DataUnavailableException">A system library is missing.</exception>
    public bool TryDecode(ReadOnlySpan<byte> bytes, int shorterSide, ImageBuffer image, out string reason)
    {
        if (!ImageHeader.TryRead(bytes, out ImageHeader header, out reason))
            return false;
        if (!ImageLimits.Allow(header, maxPixels, out reason))
            return false;
        if (header.Kind == ImageKind.Png)
            return LibPng.Instance.TryDecode(bytes, image, out reason);
        _jpeg ??= new JpegDecoder();
        return _jpeg.TryDecode(bytes, header.Colors, shorterSide, image, out reason);
    }

    /// <inheritdoc/>
    public void Dispose() => _jpeg?.Dispose();
}
