using System.Globalization;
using Evenkeel.Data.Formats;
using Evenkeel.Data.Images;
using Evenkeel.Data.Images.Codecs;
using Evenkeel.Data.Tests.Files;

namespace Evenkeel.Data.Tests.Images.Codecs;

/// <summary>The managed decoder of JPEG files: its pixels, beside libjpeg-turbo's, and what it says of files that it refuses.</summary>
public sealed class JpegTests
{
    private static readonly string[] Names =
    [
        .. Directory
            .EnumerateFiles(Path.Combine(AppContext.BaseDirectory, "Images", "Fixtures"), "*.jpg")
            .Select(file => Path.GetFileName(file))
            .Order(StringComparer.Ordinal),
    ];

    // All, halves, quarters, eighths.
    public static TheoryData<string, int> Scales =>
        [.. from name in Names from side in new[] { 0, 14, 7, 1 } select (name, side)];

    public static TheoryData<string> Files => [.. Names];

    // Both compute in the same integers with the same roundings, so that no pixel may differ.
    [Theory]
    [MemberData(nameof(Scales))]
    public void Pixels_are_those_of_libjpeg_turbo(string name, int shorterSide)
    {
        byte[] file = JpegBytes.Fixture(name);
        ImageBuffer expected = Decode(file, shorterSide, DecoderChoice.Fastest);
        ImageBuffer found = Decode(file, shorterSide, DecoderChoice.Managed);
        Assert.Equal((expected.Width, expected.Height), (found.Width, found.Height));
        Assert.Equal(expected.Pixels, found.Pixels);
    }

    // What any machine must give, whatever its vectors and libraries.
    [Theory]
    [InlineData("cmyk.jpg", "25B8240B")]
    [InlineData("color.jpg", "55C86512")]
    [InlineData("grey.jpg", "C0B6AA36")]
    [InlineData("progressive-restarts.jpg", "DE45D96D")]
    [InlineData("restarts.jpg", "DE45D96D")]
    [InlineData("rgb.jpg", "E90AA1B7")]
    [InlineData("sampled-1x2.jpg", "50F9AF47")]
    [InlineData("sampled-2x1.jpg", "44D947AD")]
    [InlineData("sampled-4x1.jpg", "E16BC4F6")]
    [InlineData("sharp.jpg", "CC1770A0")]
    public void Pixels_are_the_same_on_every_machine(string name, string checksum)
    {
        var crc = new Crc32();
        foreach (int side in (int[])[0, 14, 7, 1])
            crc.Append(Decode(JpegBytes.Fixture(name), side, DecoderChoice.Managed).Pixels);
        Assert.Equal(checksum, crc.Value.ToString("X8", CultureInfo.InvariantCulture));
    }

    [Theory]
    [MemberData(nameof(Files))]
    public void What_is_cut_off_is_refused_wherever(string name)
    {
        byte[] file = JpegBytes.Fixture(name);
        using ImageDecoder decoder = Decoders.Of(DecoderChoice.Managed);
        for (int length = 3; length < file.Length; length++)
        {
            Assert.False(decoder.TryDecode(file.AsSpan(0, length), 0, new ImageBuffer(), out string reason));
            Assert.NotEmpty(reason);
        }
    }

    [Fact]
    public void Other_kinds_are_refused_by_name()
    {
        byte[] file = JpegBytes.Fixture("color.jpg");
        int frame = file.AsSpan().IndexOf([(byte)0xFF, (byte)0xC0]);
        Assert.Equal("it is a JPEG with arithmetic coding, which is not supported", Fault(file, frame + 1, 0xC9));
        Assert.Equal("it is a lossless or hierarchical JPEG, which is not supported", Fault(file, frame + 1, 0xC3));
        Assert.Equal("it is a JPEG of 12 bits, not 8", Fault(file, frame + 4, 12));
    }

    [Fact]
    public void Damage_is_named()
    {
        byte[] file = JpegBytes.Fixture("restarts.jpg");
        int frame = file.AsSpan().IndexOf([(byte)0xFF, (byte)0xC0]),
            scan = file.AsSpan().IndexOf([(byte)0xFF, (byte)0xDA]),
            restart = file.AsSpan().IndexOf([(byte)0xFF, (byte)0xD0]);
        Assert.Equal("its JPEG data lacks the restart marker 0", Fault(file, restart + 1, 0xD5));
        Assert.Equal("its JPEG data lacks the quantization table 3", Fault(file, frame + 12, 3));
        Assert.Equal("its JPEG data lacks the Huffman table 2", Fault(file, scan + 6, 0x20));
        Assert.Equal(
            "its JPEG data has a scan of the colour 9, which is unknown or named twice",
            Fault(file, scan + 5, 9)
        );
        Assert.Equal("its JPEG frame has a colour of 5 x 2 blocks a group", Fault(file, frame + 11, 0x52));
        Assert.Equal("its JPEG frame has 37 x 0 pixels", Fault(JpegBytes.Sized(file, 37, 0)));
        Assert.Equal("its JPEG frame is cut off, or has 2 colours a pixel, not 1, 3 or 4", Fault(file, frame + 9, 2));
        Assert.Equal("the JPEG file ends before the end of its image", Fault(file[..^2]));
        Assert.Equal("its JPEG data ends before its last pixel", Fault([.. file[..^20], .. file[^2..]]));
    }

    [Fact]
    public void Decoding_again_allocates_nothing()
    {
        using ImageDecoder decoder = Decoders.Of(DecoderChoice.Managed);
        var image = new ImageBuffer();
        foreach (string name in (string[])["color.jpg", "progressive-restarts.jpg", "cmyk.jpg"])
        {
            byte[] file = JpegBytes.Fixture(name);
            Assert.True(decoder.TryDecode(file, 0, image, out string reason), reason);
            long before = GC.GetAllocatedBytesForCurrentThread();
            Assert.True(decoder.TryDecode(file, 0, image, out reason), reason);
            Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
        }
    }

    private static string Fault(byte[] file, int place, byte value)
    {
        byte[] changed = [.. file];
        changed[place] = value;
        return Fault(changed);
    }

    private static string Fault(byte[] file)
    {
        using ImageDecoder decoder = Decoders.Of(DecoderChoice.Managed);
        Assert.False(decoder.TryDecode(file, 0, new ImageBuffer(), out string reason));
        return reason;
    }

    private static ImageBuffer Decode(byte[] file, int shorterSide, DecoderChoice choice)
    {
        var image = new ImageBuffer();
        using ImageDecoder decoder = Decoders.Of(choice);
        Assert.True(decoder.TryDecode(file, shorterSide, image, out string reason), reason);
        return image;
    }
}
