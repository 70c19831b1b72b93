using Evenkeel.Data.Images;
using Evenkeel.Data.Images.Codecs;
using Evenkeel.Data.Tests.Files;

namespace Evenkeel.Data.Tests.Images.Codecs;

/// <summary>Every form of the format against its definition.</summary>
public sealed class PngTests
{
    // Values of a palette's colours: red, green and blue of number i.
    private static readonly byte[] Palette = [.. Enumerable.Range(0, 256).SelectMany(i => Colors(i))];

    // Colour types with their depths, at sizes that leave passes without pixels and bytes that are not full.
    public static TheoryData<int, int, int, int, bool> Forms =>
        [
            .. from form in new[] { (0, 1), (0, 2), (0, 4), (0, 8), (0, 16), (2, 8), (2, 16), (3, 1), (3, 2) }.Concat([
                (3, 4),
                (3, 8),
                (4, 8),
                (4, 16),
                (6, 8),
                (6, 16),
            ])
            from size in new[] { (1, 1), (3, 2), (5, 1), (13, 11), (67, 9) }
            from interlaced in new[] { false, true }
            select (form.Item1, form.Item2, size.Item1, size.Item2, interlaced),
        ];

    [Theory]
    [MemberData(nameof(Forms))]
    public void Every_form_is_decoded_as_it_is_defined(int color, int depth, int width, int height, bool interlaced)
    {
        var picture = new PngPicture(width, height, depth, color);
        byte[][] chunks = color == 3 ? [PngBytes.Chunk("PLTE"u8, Palette.AsSpan(0, 3 << depth))] : [];
        ImageBuffer image = Decode(picture.File(interlaced, chunks));
        Assert.Equal((width, height), (image.Width, image.Height));
        byte[] expected =
        [
            .. picture
                .Values.Chunk(picture.Channels)
                .SelectMany(pixel => color == 3 ? Colors(pixel[0]) : Expected(pixel, depth)),
        ];
        Assert.Equal(expected, image.Pixels);
    }

    [Theory]
    [InlineData(0, 2, new byte[] { 0, 2 }, 1)]
    [InlineData(0, 8, new byte[] { 0, 2 }, 1)]
    [InlineData(0, 16, new byte[] { 0, 2 }, 1)]
    [InlineData(2, 8, new byte[] { 0, 2, 0, 2, 0, 2 }, 1)]
    [InlineData(2, 16, new byte[] { 0, 2, 0, 2, 0, 2 }, 1)]
    [InlineData(3, 8, new byte[] { 255, 255, 0 }, 1)]
    public void One_colour_may_be_transparent(int color, int depth, byte[] transparency, int other)
    {
        int channels = color == 2 ? 3 : 1;
        int[] values = [.. Enumerable.Repeat(other, channels), .. Enumerable.Repeat(2, channels)];
        var picture = new PngPicture(2, 1, depth, color) { Values = values };
        byte[] palette = color == 3 ? PngBytes.Chunk("PLTE"u8, Palette) : [];
        byte[] noted = PngBytes.Chunk("tRNS"u8, transparency);
        ImageBuffer plain = Decode(picture.File(false, palette));
        ImageBuffer image = Decode(picture.File(false, palette, noted));
        Assert.Equal(plain.Pixels[..3], image.Pixels[..3]);
        Assert.Equal([0, 0, 0], image.Pixels[3..].ToArray());

        // A note that is damaged counts as none.
        noted[^1] ^= 1;
        Assert.Equal(plain.Pixels, Decode(picture.File(false, palette, noted)).Pixels);
    }

    [Fact]
    public void Damage_is_named()
    {
        byte[] whole = new PngPicture(9, 7, 8, 2).File(false);
        int pixels = whole.AsSpan().IndexOf("IDAT"u8);
        Assert.Equal("its IDAT chunk is damaged or cut off", Fault(whole[..^30]));
        Assert.Equal("its IDAT chunk is damaged or cut off", Fault(Changed(whole, pixels + 20)));
        Assert.Equal("its IHDR chunk is damaged or cut off", Fault(Changed(whole, 19)));
        Assert.Equal("it has no pixel data", Fault(whole[..(pixels - 4)]));
        Assert.Equal("its palette is missing", Fault(new PngPicture(2, 2, 8, 3).File(false)));
        byte[] odd = new PngPicture(2, 2, 8, 2).File(false, PngBytes.Chunk("ABCD"u8, [1]));
        Assert.Equal("its ABCD chunk is unknown, out of place or of a wrong length", Fault(odd));
        Assert.Equal("it is a PNG of colour type 2 with 4 bits, which does not exist", Fault(Changed(whole, 24, 4)));
        Assert.Equal(
            "it is packed, filtered or interlaced in a way that PNG does not know",
            Fault(Changed(whole, 28, 2))
        );
        Assert.Equal(
            "its pixel data ends before its last pixel",
            Fault(PngBytes.Of(2, 2, PngBytes.Packed(new byte[13])))
        );
        Assert.Equal("its pixel data is damaged", Fault(PngBytes.Of(2, 2, [1, 2, 3])));
        Assert.Equal(
            "a row of it has the filter 5, which does not exist",
            Fault(PngBytes.Of(1, 1, PngBytes.Packed([5, 0, 0, 0])))
        );
    }

    private static byte[] Expected(int[] pixel, int depth)
    {
        double most = (1 << depth) - 1;
        int[] eight = [.. pixel.Select(v => (int)Math.Floor((v * 255 / most) + 0.5))];
        int opacity = pixel.Length % 2 == 0 ? eight[^1] : 255;
        int[] colors = pixel.Length <= 2 ? [eight[0], eight[0], eight[0]] : eight[..3];
        return [.. colors.Select(c => (byte)Math.Floor((c * opacity / 255.0) + 0.5))];
    }

    private static byte[] Colors(int number) => [(byte)number, (byte)(255 - number), (byte)(number * 37)];

    private static byte[] Changed(byte[] file, int place, byte? value = null)
    {
        byte[] changed = [.. file];
        changed[place] = value ?? (byte)(file[place] ^ 1);
        return changed;
    }

    private static string Fault(byte[] file)
    {
        using ImageDecoder decoder = Decoders.Of(DecoderChoice.Managed);
        Assert.False(decoder.TryDecode(file, 0, new ImageBuffer(), out string reason));
        return reason;
    }

    private static ImageBuffer Decode(byte[] file)
    {
        var image = new ImageBuffer();
        using ImageDecoder decoder = Decoders.Of(DecoderChoice.Managed);
        Assert.True(decoder.TryDecode(file, 0, image, out string reason), reason);
        return image;
    }
}
