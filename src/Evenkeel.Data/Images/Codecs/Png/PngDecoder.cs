using System.IO.Compression;

namespace Evenkeel.Data.Images.Codecs.Png;

/// <summary>
/// Decodes PNG files, row by row into the image; for one thread at a time. Unpacking ends with the last pixel, whatever comes after it.
/// </summary>
internal sealed class PngDecoder
{
    // Deflate packs at most 1,032 bytes into one.
    private const long MaxExpansion = 1032;

    private readonly PngContent _content = new();
    private readonly PngColors _colors = new();
    private PngHeader _header;
    private byte[] _row = [];
    private byte[] _above = [];

    /// <summary>Reads what a file says beside its pixels.</summary>
    /// <param name="file">The file.</param>
    /// <param name="header">Its header, of a size that may be decoded.</param>
    /// <param name="orientation">How its image is to be turned.</param>
    /// <param name="reason">Else why it cannot be decoded, as the end of a sentence.</param>
    public bool TryOpen(ReadOnlySpan<byte> file, PngHeader header, out Orientation orientation, out string reason)
    {
        _header = header;
        bool read = _content.TryRead(file, header, out reason);
        orientation = _content.Orientation;
        if (read && _content.PackedLength * MaxExpansion < header.RawBytes)
            reason = "its pixel data is too short for its size";
        return reason.Length == 0;
    }

    /// <summary>Decodes the pixels of the file that was opened.</summary>
    /// <param name="image">Overwritten, as it is stored.</param>
    /// <param name="reason">Else why they cannot be decoded, as the end of a sentence.</param>
    public bool TryDecode(ImageBuffer image, out string reason)
    {
        image.Resize((int)_header.Height, (int)_header.Width);
        _colors.Begin(_header, _content);
        Reserve(1 + _header.RowBytes(image.Width));
        using var pixels = new ZLibStream(
            new MemoryStream(_content.Packed, 0, _content.PackedLength, writable: false),
            CompressionMode.Decompress
        );
        try
        {
            reason = "";
            foreach (PngPass pass in PngPass.Of(_header))
            {
                if (!TryPass(pass, pixels, image, out reason))
                    break;
            }
        }
        catch (EndOfStreamException)
        {
            reason = "its pixel data ends before its last pixel";
        }
        catch (InvalidDataException)
        {
            reason = "its pixel data is damaged";
        }

        return reason.Length == 0;
    }

    private bool TryPass(PngPass pass, ZLibStream pixels, ImageBuffer image, out string reason)
    {
        reason = "";
        int columns = pass.Columns(image.Width);
        if (columns == 0)
            return true;
        int length = 1 + _header.RowBytes(columns);
        _above.AsSpan(0, length).Clear();
        for (int y = 0; y < pass.Rows(image.Height); y++)
        {
            Span<byte> row = _row.AsSpan(0, length);
            pixels.ReadExactly(row);
            if (!PngFilter.TryUndo(row[0], row[1..], _above.AsSpan(1), _header.PixelBytes))
            {
                reason = $"a row of it has the filter {row[0]}, which does not exist";
                return false;
            }

            Span<byte> target = image.Row(pass.Top + (y * pass.Down))[(pass.Left * ImageBuffer.Channels)..];
            _colors.Write(row[1..], target, pass.Right, columns);
            (_row, _above) = (_above, _row);
        }

        return true;
    }

    private void Reserve(int length)
    {
        if (_row.Length >= length)
            return;
        _row = GC.AllocateUninitializedArray<byte>(length);
        _above = GC.AllocateUninitializedArray<byte>(length);
    }
}
