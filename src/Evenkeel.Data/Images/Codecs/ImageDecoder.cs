using Evenkeel.Data.Images.Codecs.Jpeg;
using Evenkeel.Data.Images.Codecs.Png;

namespace Evenkeel.Data.Images.Codecs;

/// <summary>
/// Decodes image files by what they contain, whatever they are called, and turns them upright; for one thread at a time. Sizes are those that
/// the decoders themselves see, just before memory is taken.
/// </summary>
internal sealed class ImageDecoder(ImageLimits limits, DecoderChoice choice) : IDisposable
{
    private readonly ImageBuffer _stored = new();
    private IJpegDecoder? _jpeg;
    private PngDecoder? _png;

    /// <summary>Reads what a file is, and whether it may be decoded.</summary>
    /// <param name="bytes">The file, or enough of its start.</param>
    /// <param name="header">What it is.</param>
    /// <param name="reason">Else why it cannot be decoded, as the end of a sentence.</param>
    public bool TryReadHeader(ReadOnlySpan<byte> bytes, out ImageHeader header, out string reason)
    {
        header = default;
        if (!ImageHeader.TryFindKind(bytes, out ImageKind kind, out reason))
            return false;
        if (kind == ImageKind.Png)
            return TryReadPng(bytes, out header, out _, out reason);
        _jpeg ??= JpegDecoders.Make(choice);
        var markers = JpegMarkers.Read(bytes);
        return markers.AllowCoding(out reason)
            && _jpeg.TryReadHeader(bytes, out header, out reason)
            && markers.AllowSize(header, limits, out reason);
    }

    /// <summary>Decodes a file.</summary>
    /// <param name="bytes">The file.</param>
    /// <param name="shorterSide">A shorter side of at least this is enough; 0 for the full size.</param>
    /// <param name="image">Overwritten.</param>
    /// <param name="reason">Else why it cannot be decoded, as the end of a sentence.</param>
    public bool TryDecode(ReadOnlySpan<byte> bytes, int shorterSide, ImageBuffer image, out string reason)
    {
        if (!ImageHeader.TryFindKind(bytes, out ImageKind kind, out reason))
            return false;
        if (kind == ImageKind.Png)
            return TryDecodePng(bytes, image, out reason);
        _jpeg ??= JpegDecoders.Make(choice);
        JpegMarkers markers = JpegMarkers.Read(bytes);
        ImageBuffer target = Target(markers.Orientation, image);
        return markers.AllowCoding(out reason)
            && _jpeg.TryDecode(bytes, markers, shorterSide, limits, target, out reason)
            && Turn(markers.Orientation, image);
    }

    /// <inheritdoc/>
    public void Dispose() => _jpeg?.Dispose();

    private bool TryReadPng(ReadOnlySpan<byte> bytes, out ImageHeader header, out PngHeader png, out string reason)
    {
        header = default;
        if (!PngHeader.TryRead(bytes, out png, out reason) || !limits.AllowSize(png.Width, png.Height, out reason))
            return false;
        header = new ImageHeader(ImageKind.Png, (int)png.Width, (int)png.Height);
        return true;
    }

    private bool TryDecodePng(ReadOnlySpan<byte> bytes, ImageBuffer image, out string reason)
    {
        if (!TryReadPng(bytes, out _, out PngHeader header, out reason))
            return false;
        _png ??= new PngDecoder();
        return _png.TryOpen(bytes, header, out Orientation orientation, out reason)
            && _png.TryDecode(Target(orientation, image), out reason)
            && Turn(orientation, image);
    }

    private ImageBuffer Target(Orientation orientation, ImageBuffer image) =>
        orientation == Orientation.Upright ? image : _stored;

    private bool Turn(Orientation orientation, ImageBuffer image)
    {
        if (orientation != Orientation.Upright)
            Turning.Apply(_stored, orientation, image);
        return true;
    }
}
