namespace Evenkeel.Data.Images.Codecs.Jpeg;

/// <summary>Makes red, green and blue of a file's components, row by row, with the constants and roundings of libjpeg.</summary>
internal sealed class JpegColors
{
    private const int Bits = 16;
    private const int Half = 1 << (Bits - 1);
    private const int RedOfRed = 91881;
    private const int BlueOfBlue = 116130;
    private const int GreenOfRed = 46802;
    private const int GreenOfBlue = 22554;
    private const int Middle = 128;
    private const int None = -1;

    private readonly byte[][] _rows =
    [
        [],
        [],
        [],
        [],
    ];
    private bool _isJfif;
    private int _adobe = None;

    /// <summary>Forgets what another file said.</summary>
    public void Clear() => (_isJfif, _adobe) = (false, None);

    /// <summary>Notes a JFIF segment.</summary>
    public void ReadJfif(ReadOnlySpan<byte> body) => _isJfif |= body.Length >= 14 && body.StartsWith("JFIF\0"u8);

    /// <summary>Notes which colours a segment of Adobe's says.</summary>
    public void ReadAdobe(ReadOnlySpan<byte> body)
    {
        if (body.Length >= 12 && body.StartsWith("Adobe"u8))
            _adobe = body[11];
    }

    /// <summary>Writes the pixels.</summary>
    /// <param name="frame">Has the samples.</param>
    /// <param name="isSmooth">Whether samples are mixed where a component has fewer of them than there are pixels.</param>
    /// <param name="image">Overwritten; has its size.</param>
    public void Write(JpegFrame frame, bool isSmooth, ImageBuffer image)
    {
        ReadOnlySpan<JpegComponent> components = frame.Components;
        for (int i = 0; i < components.Length; i++)
        {
            int needed = components[i].Width * components[i].PixelsAcross;
            if (_rows[i].Length < needed)
                _rows[i] = GC.AllocateUninitializedArray<byte>(needed);
        }

        bool isMixed = IsMixed(components);
        for (int y = 0; y < image.Height; y++)
        {
            Span<byte> pixels = image.Row(y);
            ReadOnlySpan<byte> first = Upsampling.Row(components[0], y, isSmooth, _rows[0]);
            if (components.Length == 1)
            {
                Write(first, first, first, pixels);
                continue;
            }

            ReadOnlySpan<byte> second = Upsampling.Row(components[1], y, isSmooth, _rows[1]);
            ReadOnlySpan<byte> third = Upsampling.Row(components[2], y, isSmooth, _rows[2]);
            if (isMixed)
                WriteMixed(first, second, third, pixels);
            else
                Write(first, second, third, pixels);
            if (components.Length == 4)
                Darken(Upsampling.Row(components[3], y, isSmooth, _rows[3]), isMixed, pixels);
        }
    }

    // Whether the components are brightness and two differences, as libjpeg tells it.
    private bool IsMixed(ReadOnlySpan<JpegComponent> components) =>
        components.Length switch
        {
            1 => false,
            3 => _isJfif || (_adobe == None ? !AreNamedRgb(components) : _adobe != 0),
            _ => _adobe is not (None or 0),
        };

    private static bool AreNamedRgb(ReadOnlySpan<JpegComponent> components) =>
        (components[0].Id, components[1].Id, components[2].Id) == ((byte)'R', (byte)'G', (byte)'B');

    private static void Write(
        ReadOnlySpan<byte> red,
        ReadOnlySpan<byte> green,
        ReadOnlySpan<byte> blue,
        Span<byte> pixels
    )
    {
        for (int x = 0, to = 0; to < pixels.Length; x++, to += ImageBuffer.Channels)
            (pixels[to], pixels[to + 1], pixels[to + 2]) = (red[x], green[x], blue[x]);
    }

    private static void WriteMixed(
        ReadOnlySpan<byte> brightness,
        ReadOnlySpan<byte> blueness,
        ReadOnlySpan<byte> redness,
        Span<byte> pixels
    )
    {
        for (int x = 0, to = 0; to < pixels.Length; x++, to += ImageBuffer.Channels)
        {
            int y = brightness[x],
                b = blueness[x] - Middle,
                r = redness[x] - Middle;
            pixels[to] = Clamp(y + (((RedOfRed * r) + Half) >> Bits));
            pixels[to + 1] = Clamp(y + (((-GreenOfBlue * b) - (GreenOfRed * r) + Half) >> Bits));
            pixels[to + 2] = Clamp(y + (((BlueOfBlue * b) + Half) >> Bits));
        }
    }

    // Takes inks for light: of the other inks, what is written so far, and of black. Adobe's programs write amounts of light left instead
    // of amounts of ink. What was mixed comes out as the opposite.
    private void Darken(ReadOnlySpan<byte> black, bool isMixed, Span<byte> pixels)
    {
        int flip = _adobe == None ? 255 : 0,
            flipInks = isMixed ? 255 ^ flip : flip;
        for (int x = 0, to = 0; to < pixels.Length; x++, to += ImageBuffer.Channels)
        {
            int light = black[x] ^ flip;
            foreach (ref byte value in pixels.Slice(to, ImageBuffer.Channels))
                value = (byte)((((value ^ flipInks) * light) + 127) / 255);
        }
    }

    private static byte Clamp(int value) => (byte)Math.Clamp(value, 0, 255);
}
