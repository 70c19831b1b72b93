namespace Evenkeel.Data.Tests;

public sealed class PixelDecoderTests
{
    [Fact]
    public void Every_pixel_and_length_gives_the_tables_value()
    {
        PixelEncoding[] encodings =
        [
            PixelEncoding.Binary,
            PixelEncoding.BinaryAt(0),
            PixelEncoding.BinaryAt(0.999),
            PixelEncoding.UnitScale,
            PixelEncoding.Standardized(0.13, 0.31),
        ];
        byte[] pixels = [.. Enumerable.Range(0, 300).Select(i => (byte)(i * 7))];
        foreach (PixelEncoding encoding in encodings)
        {
            for (int length = 0; length <= pixels.Length; length++)
            {
                float[] values = new float[length + 1];
                values[length] = -7;
                PixelDecoder.Decode(pixels.AsSpan(0, length), values.AsSpan(0, length), encoding);
                for (int i = 0; i < length; i++)
                    Assert.Equal(encoding.Values[pixels[i]], values[i]);
                Assert.Equal(-7, values[length]);
            }
        }
    }

    [Fact]
    public void Only_tables_of_zeros_then_ones_are_binary()
    {
        Assert.Equal((byte)127, PixelEncoding.Binary.LastZero);
        Assert.Equal((byte)0, PixelEncoding.BinaryAt(0).LastZero);
        Assert.Null(PixelEncoding.UnitScale.LastZero);
        Assert.Null(PixelEncoding.Standardized(0, 1).LastZero);
    }
}
