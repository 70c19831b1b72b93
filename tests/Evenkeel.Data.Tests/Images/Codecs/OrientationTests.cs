using Evenkeel.Data.Images;
using Evenkeel.Data.Images.Codecs;
using Evenkeel.Data.Tests.Files;

namespace Evenkeel.Data.Tests.Images.Codecs;

/// <summary>The eight orientations against what they mean: a mirror and quarter turns one after another.</summary>
public abstract class OrientationTests(DecoderChoice choice)
{
    // By Exif's number: whether a mirror, left for right, comes first, and the clockwise quarter turns after it.
    private static readonly (bool Mirror, int Quarters)[] Meaning =
    [
        (false, 0),
        (true, 0),
        (false, 2),
        (true, 2),
        (true, 3),
        (false, 1),
        (true, 1),
        (false, 3),
    ];

    public static TheoryData<int, bool> All =>
        [.. Enumerable.Range(1, 8).SelectMany(o => new[] { (o, false), (o, true) })];

    [Theory]
    [MemberData(nameof(All))]
    public void A_photo_is_turned_upright(int orientation, bool littleEndian)
    {
        byte[] file = JpegBytes.Fixture("color.jpg");
        Same(file, JpegBytes.Behind(file, JpegBytes.Exif(orientation, littleEndian)), orientation, 0);
        byte[] large = JpegBytes.Fixture("large.jpg");
        Same(large, JpegBytes.Behind(large, JpegBytes.Exif(orientation, littleEndian)), orientation, 50);
    }

    [Theory]
    [MemberData(nameof(All))]
    public void A_picture_is_turned_upright(int orientation, bool littleEndian)
    {
        byte[] rows = new byte[4 * ((3 * 5) + 1)];
        for (int i = 0; i < rows.Length; i++)
            rows[i] = (byte)(i % 16 == 0 ? 0 : 3 * i);
        byte[] pixels = PngBytes.Packed(rows);
        byte[] turned = PngBytes.Of(5, 4, pixels, PngBytes.Chunk("eXIf"u8, JpegBytes.Tiff(orientation, littleEndian)));
        Same(PngBytes.Of(5, 4, pixels), turned, orientation, 0);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(9)]
    [InlineData(255)]
    public void Numbers_that_mean_nothing_leave_it_as_it_is(int orientation)
    {
        byte[] file = JpegBytes.Fixture("color.jpg");
        Same(file, JpegBytes.Behind(file, JpegBytes.Exif(orientation, false)), 1, 0);
    }

    [Fact]
    public void A_damaged_note_leaves_it_as_it_is()
    {
        byte[] whole = JpegBytes.Tiff(6, true);
        Assert.Equal(Orientation.OnLeftSide, ExifOrientation.Read(whole));
        for (int length = 0; length < whole.Length - 2; length++)
            Assert.Equal(Orientation.Upright, ExifOrientation.Read(whole.AsSpan(0, length)));
        for (int bit = 0; bit < whole.Length * 8; bit++)
        {
            byte[] flipped = [.. whole];
            flipped[bit / 8] ^= (byte)(1 << (bit % 8));
            Assert.InRange((int)ExifOrientation.Read(flipped), 1, 8);
        }
    }

    private void Same(byte[] plain, byte[] noted, int orientation, int shorterSide)
    {
        (byte[,][] pixels, byte[,][] found) = (Decode(plain, shorterSide), Decode(noted, shorterSide));
        (bool mirror, int quarters) = Meaning[orientation - 1];
        if (mirror)
            pixels = Map(pixels, pixels.GetLength(0), pixels.GetLength(1), (p, y, x) => p[y, p.GetLength(1) - 1 - x]);
        for (int i = 0; i < quarters; i++)
            pixels = Map(pixels, pixels.GetLength(1), pixels.GetLength(0), (p, y, x) => p[p.GetLength(0) - 1 - x, y]);
        Assert.Equal((pixels.GetLength(0), pixels.GetLength(1)), (found.GetLength(0), found.GetLength(1)));
        Assert.Equal(pixels.Cast<byte[]>(), found.Cast<byte[]>());
    }

    private static byte[,][] Map(byte[,][] from, int height, int width, Func<byte[,][], int, int, byte[]> pixel)
    {
        byte[,][] to = new byte[height, width][];
        for (int y = 0; y < height; y++)
        {
            for (int x = 0; x < width; x++)
                to[y, x] = pixel(from, y, x);
        }

        return to;
    }

    private byte[,][] Decode(byte[] file, int shorterSide)
    {
        var image = new ImageBuffer();
        using ImageDecoder decoder = Decoders.Of(choice);
        Assert.True(decoder.TryDecode(file, shorterSide, image, out string reason), reason);
        return Map(new byte[0, 0][], image.Height, image.Width, (_, y, x) => image.Row(y).Slice(3 * x, 3).ToArray());
    }
}

/// <summary>The same without a library of the system.</summary>
public sealed class ManagedOrientationTests() : OrientationTests(DecoderChoice.Managed);

/// <summary>The same by libjpeg-turbo.</summary>
public sealed class TurboOrientationTests() : OrientationTests(DecoderChoice.Fastest);
