namespace Evenkeel.Data.Images;

/// <summary>A reusable image of 8-bit red, green and blue, row by row. It grows to the largest image that it has held.</summary>
public sealed class ImageBuffer
{
    /// <summary>Channels of a pixel.</summary>
    public const int Channels = 3;

    private byte[] _pixels = [];

    /// <summary>Rows.</summary>
    public int Height { get; private set; }

    /// <summary>Pixels of a row.</summary>
    public int Width { get; private set; }

    /// <summary>[Height, Width, 3].</summary>
    public Span<byte> Pixels => _pixels.AsSpan(0, Height * Width * Channels);

    /// <summary>One row, [Width, 3].</summary>
    public Span<byte> Row(int y) => Pixels.Slice(y * Width * Channels, Width * Channels);

    /// <summary>Gives the buffer a size; its pixels are then arbitrary.</summary>
    /// <exception cref="ArgumentOutOfRangeException">A side is below 1, or there are 2^31 bytes or more.</exception>
    public void Resize(int height, int width)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(height, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(width, 1);
        long length = (long)height * width * Channels;
        ArgumentOutOfRangeException.ThrowIfGreaterThan(length, Array.MaxLength, nameof(height));
        if (_pixels.Length < length)
            _pixels = GC.AllocateUninitializedArray<byte>((int)length);
        (Height, Width) = (height, width);
    }
}
