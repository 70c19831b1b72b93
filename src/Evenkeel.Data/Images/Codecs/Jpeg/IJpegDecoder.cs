namespace Evenkeel.Data.Images.Codecs.Jpeg;

/// <summary>Decodes JPEG files, scaled down while decoding where fewer pixels are enough; for one thread at a time.</summary>
internal interface IJpegDecoder : IDisposable
{
    /// <summary>Reads the size that would be decoded.</summary>
    /// <param name="bytes">The file, or enough of its start.</param>
    /// <param name="header">What the decoder sees.</param>
    /// <param name="reason">Else why it cannot be decoded, as the end of a sentence.</param>
    bool TryReadHeader(ReadOnlySpan<byte> bytes, out ImageHeader header, out string reason);

    /// <summary>Decodes a file.</summary>
    /// <param name="bytes">The file.</param>
    /// <param name="markers">What its markers say.</param>
    /// <param name="shorterSide">A shorter side of at least this is enough; 0 for the full size.</param>
    /// <param name="limits">Which sizes are decoded.</param>
    /// <param name="image">Overwritten, as it is stored.</param>
    /// <param name="reason">Else why it cannot be decoded, as the end of a sentence.</param>
    bool TryDecode(
        ReadOnlySpan<byte> bytes,
        JpegMarkers markers,
        int shorterSide,
        ImageLimits limits,
        ImageBuffer image,
        out string reason
    );
}
