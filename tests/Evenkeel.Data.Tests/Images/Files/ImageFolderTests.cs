using Evenkeel.Data.Images;
using Evenkeel.Data.Images.Codecs;
using Evenkeel.Data.Images.Files;
using Evenkeel.Data.Tests.Files;

namespace Evenkeel.Data.Tests.Images.Files;

/// <summary>Tests on small files.</summary>
public abstract class ImageFolderTests
{
    private static byte[] Fixture(string name) =>
        File.ReadAllBytes(Path.Combine(AppContext.BaseDirectory, "Images", "Fixtures", name));

    private readonly ImageReadOptions _options;

    private protected ImageFolderTests(DecoderChoice choice)
    {
        Decoders.Need(choice);
        _options = new ImageReadOptions { Decoder = choice };
    }

    private static TempFolder TwoClasses()
    {
        var folder = new TempFolder();
        foreach (string split in new[] { "train", "test" })
        {
            folder.Write($"{split}/blue/1.jpg", Fixture("color.jpg"));
            folder.Write($"{split}/red/1.JPEG", Fixture("progressive.jpg"));
        }

        return folder;
    }

    private ImageBuffer Decode(byte[] file, string name, int shorterSide = 0)
    {
        using var folder = new TempFolder();
        folder.Write($"a/{name}", file);
        folder.Write("b/1.png", Fixture("alpha.png"));
        var image = new ImageBuffer();
        ImageFolder.Open(folder.Root, _options).Read(0, image, shorterSide);
        return image;
    }

    [Theory]
    [InlineData("color.jpg", 4, 4, 200, 40, 30)]
    [InlineData("color.jpg", 20, 12, 20, 60, 180)]
    [InlineData("progressive.jpg", 20, 12, 20, 60, 180)]
    [InlineData("grey.jpg", 4, 4, 90, 90, 90)]
    [InlineData("cmyk.jpg", 4, 4, 230, 50, 41)]
    [InlineData("alpha.png", 1, 1, 200, 100, 50)]
    [InlineData("alpha.png", 4, 1, 0, 0, 0)]
    [InlineData("grey16.png", 1, 1, 128, 128, 128)]
    [InlineData("palette.png", 1, 1, 200, 100, 50)]
    public void Decodes_what_files_hold(string name, int x, int y, int red, int green, int blue)
    {
        ImageBuffer image = Decode(Fixture(name), name);
        byte[] pixel = image.Row(y).Slice(x * 3, 3).ToArray();
        int most = new[] { red - pixel[0], green - pixel[1], blue - pixel[2] }.Max(Math.Abs);

        // JPEG does not keep colours exactly.
        Assert.True(most <= 3, $"({string.Join(", ", pixel)})");
    }

    [Fact]
    public void Names_do_not_matter_but_are_counted()
    {
        using TempFolder folder = TwoClasses();
        folder.Write("train/red/2.png", Fixture("color.jpg"));
        var train = (EncodedImages)ImageFolder.Load(folder.Root, _options).Train;
        Assert.Equal((3, 1, 0), (train.Count, train.Misnamed, train.Skipped.Count));
        Assert.Equal(["blue", "red"], train.ClassNames);
        Assert.Equal([0, 1, 1], Enumerable.Range(0, 3).Select(train.Label));
    }

    [Theory]
    [InlineData(0, 400, 240)]
    [InlineData(500, 400, 240)]
    [InlineData(121, 400, 240)]
    [InlineData(120, 200, 120)]
    [InlineData(50, 100, 60)]
    [InlineData(1, 50, 30)]
    public void Large_files_are_scaled_while_they_are_decoded(int shorterSide, int width, int height)
    {
        ImageBuffer image = Decode(Fixture("large.jpg"), "1.jpg", shorterSide);
        Assert.Equal((width, height), (image.Width, image.Height));
        Assert.InRange(image.Row(height / 2)[3 * (width / 2)], 118, 123);
    }

    [Fact]
    public void Unreadable_files_are_skipped_and_listed_or_refused()
    {
        using TempFolder folder = TwoClasses();
        folder.Write("train/red/a.jpg", "not an image"u8.ToArray());
        folder.Write("train/red/b.jpg", []);
        folder.Write("train/red/c.jpg", Fixture("color.jpg")[..12]);
        folder.Write("train/red/d.png", Fixture("alpha.png")[..20]);
        folder.Write("train/red/e.png", Bomb());
        folder.Write("train/red/notes.txt", "left alone"u8.ToArray());
        var train = (EncodedImages)ImageFolder.Load(folder.Root, _options with { MaxSkipped = 0.9 }).Train;
        Assert.Equal(2, train.Count);
        Assert.Equal(
            ["a.jpg", "b.jpg", "c.jpg", "d.png", "e.png"],
            train.Skipped.Select(s => Path.GetFileName(s.Path))
        );
        Assert.Contains("neither JPEG nor PNG", train.Skipped[0].Reason, StringComparison.Ordinal);
        Assert.Contains("empty", train.Skipped[1].Reason, StringComparison.Ordinal);
        Assert.Contains("60000 x 60000", train.Skipped[4].Reason, StringComparison.Ordinal);

        var many = Assert.Throws<DataFormatException>(() => ImageFolder.Load(folder.Root, _options));
        Assert.Contains("5 of 7 files cannot be read", many.Message, StringComparison.Ordinal);
        ImageReadOptions strict = _options with { InvalidFiles = InvalidFiles.Refuse };
        var first = Assert.Throws<DataFormatException>(() => ImageFolder.Load(folder.Root, strict));
        Assert.Contains("a.jpg: the file is neither", first.Message, StringComparison.Ordinal);
    }

    // A header that promises 60,000 x 60,000 pixels.
    private static byte[] Bomb()
    {
        byte[] file = Fixture("alpha.png");
        (file[18], file[19], file[22], file[23]) = (0xEA, 0x60, 0xEA, 0x60);
        return file;
    }

    [Theory]
    [InlineData(40)]
    [InlineData(100)]
    [InlineData(200)]
    public void A_file_that_ends_before_its_pixels_does_not_spoil_the_next(int missing)
    {
        byte[] whole = Fixture("color.jpg");
        var (image, expected) = (new ImageBuffer(), new ImageBuffer());
        using (ImageDecoder fresh = Decoders.Of(_options.Decoder))
            Assert.True(fresh.TryDecode(whole, 0, expected, out _));
        using ImageDecoder decoder = Decoders.Of(_options.Decoder);
        Assert.False(decoder.TryReadHeader(whole.AsSpan(0, whole.Length - missing), out _, out _));
        Assert.False(decoder.TryDecode(whole.AsSpan(0, whole.Length - missing), 0, image, out string reason));
        Assert.NotEmpty(reason);
        Assert.True(decoder.TryDecode(whole, 0, image, out _));
        Assert.Equal(expected.Pixels, image.Pixels);
    }

    [Theory]
    [InlineData("color.jpg")]
    [InlineData("progressive.jpg")]
    [InlineData("alpha.png")]
    public void A_damaged_body_is_refused_by_name_or_replaced_by_the_next_of_its_class(string name)
    {
        using TempFolder folder = TwoClasses();
        byte[] whole = Fixture(name);
        folder.Write($"train/blue/0{Path.GetExtension(name)}", whole[..(whole.Length - 25)]);
        var image = new ImageBuffer();
        var strict = (EncodedImages)ImageFolder.Load(folder.Root, _options).Train;
        var e = Assert.Throws<DataFormatException>(() => strict.Read(0, image));
        Assert.Contains(strict.Describe(0), e.Message, StringComparison.Ordinal);
        Assert.Contains("cannot be decoded", e.Message, StringComparison.Ordinal);

        ImageReadOptions options = _options with { UndecodableFiles = UndecodableFiles.Replace };
        var train = (EncodedImages)ImageFolder.Load(folder.Root, options).Train;
        for (int i = 0; i < 2; i++)
        {
            train.Read(0, image);
            byte[] replaced = image.Pixels.ToArray();
            train.Read(1, image);
            Assert.Equal(replaced, image.Pixels.ToArray());
            Assert.Equal(1, train.Replaced);
        }
    }

    [Fact]
    public void In_memory_images_are_the_same()
    {
        using TempFolder folder = TwoClasses();
        var train = (EncodedImages)ImageFolder.Load(folder.Root, _options).Train;
        Assert.Same(train, train.InMemory(limit: 2_000));
        IImageSource memory = train.InMemory(threads: 2);
        var (a, b) = (new ImageBuffer(), new ImageBuffer());
        for (int i = 0; i < train.Count; i++)
        {
            train.Read(i, a);
            memory.Read(i, b);
            Assert.Equal(a.Pixels.ToArray(), b.Pixels.ToArray());
            Assert.Equal((train.Label(i), train.Describe(i)), (memory.Label(i), memory.Describe(i)));
        }
    }

    [Fact]
    public void Layouts_that_are_not_as_expected_are_explained()
    {
        using var folder = new TempFolder();
        Explains(folder.Root, "expected images in train/<class>/");
        folder.Write("test/a/1.jpg", Fixture("color.jpg"));
        Explains(folder.Root, "but found no folder with images");
        folder.Write("train/a/1.jpg", Fixture("color.jpg"));
        Explains(folder.Root, "but found only the class a");
        folder.Write("train/b/1.jpg", Fixture("color.jpg"));
        folder.Write("test/c/1.jpg", Fixture("color.jpg"));
        Explains(folder.Root, "but c is in only one of them");
        Explains(folder.Path("nowhere"), "the folder is missing");
    }

    private void Explains(string root, string what)
    {
        var e = Assert.Throws<DataFormatException>(() => ImageFolder.Load(root, _options));
        Assert.Contains(what, e.Message, StringComparison.Ordinal);
    }
}

/// <summary>The same without a library of the system.</summary>
public sealed class ManagedImageFolderTests() : ImageFolderTests(DecoderChoice.Managed);

/// <summary>The same by libjpeg-turbo.</summary>
public sealed class TurboImageFolderTests() : ImageFolderTests(DecoderChoice.Fastest);
