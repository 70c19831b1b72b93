using Evenkeel.Data.Images;
using Evenkeel.Data.Images.Codecs;
using Evenkeel.Data.Images.Codecs.Jpeg;
using Evenkeel.Data.Tests.Files;

namespace Evenkeel.Data.Tests.Images.Codecs;

/// <summary>Small files that would take gigabytes, or minutes, if what they say at first sight were believed.</summary>
public abstract class HostileImageTests(DecoderChoice choice)
{
    private static readonly byte[] Small = JpegBytes.Fixture("color.jpg");

    // What a reader that takes every marker to have a length would skip to: a frame of 8 x 8.
    private static readonly byte[] Decoy =
    [
        0xFF,
        0xFE,
        0,
        25,
        0xFF,
        0xC0,
        0,
        17,
        8,
        0,
        8,
        0,
        8,
        3,
        1,
        0x11,
        0,
        2,
        0x11,
        0,
        3,
        0x11,
        0,
        0,
        0,
        0,
        0,
    ];

    public static TheoryData<string, byte[]> Disguises =>
        new()
        {
            { "restart", [0xFF, 0xD0] },
            { "temporary", [0xFF, 0x01] },
            { "restart before a decoy", [0xFF, 0xD3, .. Decoy] },
            { "many restarts", [.. Enumerable.Repeat((byte[])[0xFF, 0xD7], 300).SelectMany(m => m)] },
            { "fill", [.. Enumerable.Repeat((byte)0xFF, 5_001)] },
            { "comment", Decoy },
            { "long comment", [0xFF, 0xFE, 0xFF, 0xFF, .. new byte[0xFFFD]] },
        };

    [Theory]
    [MemberData(nameof(Disguises))]
    public void The_size_is_the_decoders_whatever_stands_before_it(string disguise, byte[] bytes)
    {
        using ImageDecoder decoder = Decoder();
        byte[] disguised = JpegBytes.Behind(Small, bytes);
        Assert.True(decoder.TryReadHeader(disguised, out ImageHeader header, out string why), $"{disguise}: {why}");
        Assert.Equal((24, 16), (header.Width, header.Height));

        byte[] large = JpegBytes.Behind(JpegBytes.Sized(Small, 20_000, 20_000), bytes);
        Assert.False(decoder.TryReadHeader(large, out _, out string atOpening));
        string expected = "its 20000 x 20000 pixels are more than the limit of 100000000, or 65500 a side";
        Assert.Equal(expected, atOpening);
        var image = new ImageBuffer();
        long before = GC.GetAllocatedBytesForCurrentThread();
        Assert.False(decoder.TryDecode(large, 0, image, out string atDecoding));
        Assert.Equal(expected, atDecoding);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 100_000);
    }

    [Theory]
    [InlineData(65_000, 65_000, "its 65000 x 65000 pixels are more than the limit")]
    [InlineData(65_535, 1, "65500")]
    [InlineData(1, 65_535, "65500")]
    public void Sides_and_pixels_have_limits(int width, int height, string reason)
    {
        using ImageDecoder decoder = Decoder();
        Assert.False(decoder.TryDecode(JpegBytes.Sized(Small, width, height), 0, new ImageBuffer(), out string found));
        Assert.Contains(reason, found, StringComparison.Ordinal);
        Assert.False(decoder.TryDecode(PngBytes.Of(width, height, []), 0, new ImageBuffer(), out found));
        Assert.Contains("65500", found, StringComparison.Ordinal);
    }

    [Fact]
    public void No_limit_lets_an_image_through_that_an_array_does_not_hold()
    {
        using ImageDecoder decoder = Decoder(new ImageLimits { MaxPixels = long.MaxValue });
        Assert.False(
            decoder.TryDecode(JpegBytes.Sized(Small, 65_000, 65_000), 0, new ImageBuffer(), out string reason)
        );
        Assert.Contains("65000 x 65000", reason, StringComparison.Ordinal);
    }

    [Fact]
    public void Two_frames_in_one_file_are_refused()
    {
        using ImageDecoder decoder = Decoder();
        byte[] frame = [0xFF, 0xC0, 0, 17, 8, 0, 8, 0, 8, 3, 1, 0x11, 0, 2, 0x11, 0, 3, 0x11, 0];
        byte[] twice = JpegBytes.Behind(Small, frame);
        Assert.False(decoder.TryDecode(twice, 0, new ImageBuffer(), out string reason));
        Assert.NotEmpty(reason);
        Assert.False(decoder.TryDecode(JpegBytes.Behind(Small, 0xFF, 0xD8), 0, new ImageBuffer(), out _));
    }

    [Fact]
    public void Scans_have_a_limit()
    {
        byte[] file = JpegBytes.Fixture("progressive.jpg");
        int scans = JpegMarkers.Read(file).Scans;
        Assert.InRange(scans, 2, 20);
        byte[] many = JpegBytes.Repeated(file, 600);
        Assert.Equal(scans + 600, JpegMarkers.Read(many).Scans);
        using ImageDecoder decoder = Decoder(new ImageLimits { MaxScannedPixels = 24 * 16 * 500 });
        Assert.True(decoder.TryDecode(file, 0, new ImageBuffer(), out string reason), reason);
        Assert.False(decoder.TryDecode(many, 0, new ImageBuffer(), out reason));
        Assert.Contains("scans of 24 x 16 pixels are more than the limit of 192000", reason, StringComparison.Ordinal);

        using ImageDecoder patient = Decoder();
        Assert.False(patient.TryDecode(many, 0, new ImageBuffer(), out reason));
        Assert.Equal($"its {scans + 600} scans are more than the limit of 500", reason);
    }

    [Theory]
    [InlineData("color.jpg")]
    [InlineData("progressive.jpg")]
    [InlineData("large.jpg")]
    public void Bytes_that_harm_nothing_are_read_over(string name)
    {
        byte[] file = JpegBytes.Fixture(name);
        int end = file.Length - 2;
        byte[] padded = [.. file[..end], 1, 2, 3, .. file[end..]];
        using ImageDecoder decoder = Decoder();
        var (plain, found) = (new ImageBuffer(), new ImageBuffer());
        Assert.True(decoder.TryDecode(file, 0, plain, out string reason), reason);
        Assert.True(decoder.TryDecode(padded, 0, found, out reason), reason);
        Assert.Equal(plain.Pixels, found.Pixels);

        // Pixels that are missing are not.
        byte[] cut = [.. file[..(end - 20)], .. file[end..]];
        Assert.False(decoder.TryDecode(cut, 0, found, out reason));
        Assert.Contains("JPEG", reason, StringComparison.Ordinal);
        Assert.True(decoder.TryDecode(file, 0, found, out reason), reason);
        Assert.Equal(plain.Pixels, found.Pixels);
    }

    [Fact]
    public void Texts_of_a_picture_are_not_unpacked()
    {
        byte[] text = PngBytes.Chunk("zTXt"u8, [.. "k\0\0"u8, .. PngBytes.PackedZeros(7_900_000)]);
        byte[] file = PngBytes.Of(5, 3, null, [.. Enumerable.Repeat(text, 900)]);
        using ImageDecoder decoder = Decoder();
        var image = new ImageBuffer();
        long before = GC.GetAllocatedBytesForCurrentThread();
        Assert.True(decoder.TryDecode(file, 0, image, out string reason), reason);
        // The file once more, and a row.
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, file.Length + 100_000);
        Assert.Equal((5, 3), (image.Width, image.Height));
    }

    [Fact]
    public void Pixel_data_is_unpacked_as_far_as_there_are_pixels()
    {
        using ImageDecoder decoder = Decoder();
        var image = new ImageBuffer();
        // The checksum at its end is wrong: whoever unpacks that far is told so.
        byte[] packed = PngBytes.PackedZeros(300L << 20);
        packed[^1] ^= 1;
        Assert.True(decoder.TryDecode(PngBytes.Of(1, 1, packed), 0, image, out string reason), reason);
        Assert.Equal([0, 0, 0], image.Pixels.ToArray());
        Assert.False(decoder.TryDecode(PngBytes.Of(10_000, 10_000, PngBytes.Packed([0, 0])), 0, image, out reason));
        Assert.Equal("its pixel data is too short for its size", reason);
        Assert.Equal((1, 1), (image.Width, image.Height));
    }

    private ImageDecoder Decoder(ImageLimits? limits = null) => Decoders.Of(choice, limits);
}

/// <summary>The same without a library of the system.</summary>
public sealed class ManagedHostileImageTests() : HostileImageTests(DecoderChoice.Managed);

/// <summary>The same by libjpeg-turbo.</summary>
public sealed class TurboHostileImageTests() : HostileImageTests(DecoderChoice.Fastest);
