using System.Buffers.Binary;

namespace Evenkeel.Data.Images.Codecs.Png;

/// <summary>
/// Makes 8-bit red, green and blue of a file's pixels: grey becomes three equal values, 16 bits are rounded to 8, and what is transparent
/// lies on black.
/// </summary>
internal sealed class PngColors
{
    private const int Opaque = 255;

    // Of files whose pixels are one number of at most 8 bits: the colour of each number.
    private readonly byte[] _table = new byte[256 * ImageBuffer.Channels];
    private readonly byte[] _transparent = new byte[6];
    private PngHeader _header;
    private int _transparentLength;

    private bool IsNumbered => _header.Depth <= 8 && _header.Color is PngColor.Grey or PngColor.Palette;

    /// <summary>Takes over what a file says about its colours.</summary>
    public void Begin(PngHeader header, PngContent content)
    {
        _header = header;
        if (header.Color == PngColor.Palette)
            FillPalette(content.Palette, content.Transparency);
        else if (header.Depth <= 8 && header.Color == PngColor.Grey)
            FillGreys(content.Transparency);
        else
            KeepTransparent(content.Transparency);
    }

    /// <summary>Writes pixels of a row.</summary>
    /// <param name="values">As they are stored.</param>
    /// <param name="pixels">Red, green and blue from the first pixel on.</param>
    /// <param name="step">Pixels from one to the next.</param>
    /// <param name="count">How many.</param>
    public void Write(ReadOnlySpan<byte> values, Span<byte> pixels, int step, int count)
    {
        if (IsNumbered)
            WriteNumbered(values, pixels, step * ImageBuffer.Channels, count);
        else if (_header is { Color: PngColor.Rgb, Depth: 8 } && _transparentLength == 0 && step == 1)
            values[..(count * ImageBuffer.Channels)].CopyTo(pixels);
        else
            WriteDirect(values, pixels, step * ImageBuffer.Channels, count);
    }

    private void FillPalette(ReadOnlySpan<byte> palette, ReadOnlySpan<byte> opacities)
    {
        // Numbers beyond the palette are black.
        Array.Clear(_table);
        palette.CopyTo(_table);
        for (int i = 0; i < opacities.Length; i++)
        {
            foreach (ref byte value in _table.AsSpan(i * ImageBuffer.Channels, ImageBuffer.Channels))
                value = OnBlack(value, opacities[i]);
        }
    }

    private void FillGreys(ReadOnlySpan<byte> transparency)
    {
        int last = (1 << _header.Depth) - 1;
        for (int i = 0; i <= last; i++)
            _table.AsSpan(i * ImageBuffer.Channels, ImageBuffer.Channels).Fill((byte)(i * 255 / last));
        if (transparency.Length == 2 && BinaryPrimitives.ReadUInt16BigEndian(transparency) is var grey && grey <= last)
            _table.AsSpan(grey * ImageBuffer.Channels, ImageBuffer.Channels).Clear();
    }

    // The transparent colour in the form that pixels have; it is always given in 16 bits a value.
    private void KeepTransparent(ReadOnlySpan<byte> transparency)
    {
        _transparentLength = 0;
        if (_header.Color is not (PngColor.Grey or PngColor.Rgb) || transparency.Length != 2 * _header.Channels)
            return;
        for (int i = _header.Depth == 16 ? 0 : 1; i < transparency.Length; i += _header.Depth == 16 ? 1 : 2)
            _transparent[_transparentLength++] = transparency[i];
    }

    private void WriteNumbered(ReadOnlySpan<byte> values, Span<byte> pixels, int step, int count)
    {
        int depth = _header.Depth,
            last = (1 << depth) - 1;
        ReadOnlySpan<byte> table = _table;
        for (int i = 0, bit = 0; i < count; i++, bit += depth)
        {
            int number = (values[bit >> 3] >> (8 - depth - (bit & 7))) & last;
            table.Slice(number * ImageBuffer.Channels, ImageBuffer.Channels).CopyTo(pixels[(i * step)..]);
        }
    }

    private void WriteDirect(ReadOnlySpan<byte> values, Span<byte> pixels, int step, int count)
    {
        int size = _header.PixelBytes;
        bool hasAlpha = _header.Color is PngColor.GreyAlpha or PngColor.RgbAlpha;
        bool isColored = _header.Color is PngColor.Rgb or PngColor.RgbAlpha;
        ReadOnlySpan<byte> transparent = _transparent.AsSpan(0, _transparentLength);
        for (int i = 0; i < count; i++)
        {
            ReadOnlySpan<byte> pixel = values.Slice(i * size, size);
            Span<byte> color = pixels.Slice(i * step, ImageBuffer.Channels);
            int opacity = hasAlpha ? Value(pixel, _header.Channels - 1) : Opaque;
            if (!transparent.IsEmpty && pixel.SequenceEqual(transparent))
                opacity = 0;
            for (int channel = 0; channel < color.Length; channel++)
                color[channel] = OnBlack(Value(pixel, isColored ? channel : 0), opacity);
        }
    }

    private byte Value(ReadOnlySpan<byte> pixel, int channel) =>
        _header.Depth == 8
            ? pixel[channel]
            : (byte)(((BinaryPrimitives.ReadUInt16BigEndian(pixel[(2 * channel)..]) * 255) + 32895) >> 16);

    private static byte OnBlack(byte value, int opacity) =>
        opacity == Opaque ? value : (byte)(((value * opacity) + 127) / Opaque);
}
