using System.Formats.Tar;
using Evenkeel.Data.Images;
using Evenkeel.Data.Images.Files;
using Evenkeel.Data.Tests.Files;

namespace Evenkeel.Data.Tests.Images.Files;

public sealed class ImageArchiveTests
{
    private static byte[] Tar(params string[] names)
    {
        byte[] image = File.ReadAllBytes(Path.Combine(AppContext.BaseDirectory, "Images", "Fixtures", "color.jpg"));
        using var bytes = new MemoryStream();
        using (var tar = new TarWriter(bytes, leaveOpen: true))
        {
            foreach (string name in names)
                tar.WriteEntry(
                    new PaxTarEntry(TarEntryType.RegularFile, name) { DataStream = new MemoryStream(image) }
                );
        }

        return bytes.ToArray();
    }

    private static readonly string[] Names =
    [
        "./set/test/cat/1.jpg",
        "./set/train/dog/2.jpg",
        "./set/train/cat/3.jpg",
        "./set/README.md",
        "./set/test/dog/4.jpg",
        "./set/train/dog/1.jpg",
    ];

    private static ImageSplit Load(string path)
    {
        try
        {
            return ImageArchive.Load(path);
        }
        catch (DataUnavailableException e)
        {
            Assert.Skip(e.Message);
            throw;
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Opens_plain_and_gzipped_archives(bool gzipped)
    {
        using var folder = new TempFolder();
        byte[] tar = Tar(Names);
        ImageSplit split = Load(folder.Write("set.tar", gzipped ? IdxBytes.Gzip(tar) : tar));
        Assert.Equal((3, 2), (split.Train.Count, split.Test.Count));
        Assert.Equal(["cat", "dog"], split.Train.ClassNames);
        Assert.Equal([0, 1, 1], Enumerable.Range(0, 3).Select(split.Train.Label));
        Assert.EndsWith("set.tar:train/dog/1.jpg", split.Train.Describe(1), StringComparison.Ordinal);
        var image = new ImageBuffer();
        split.Test.Read(1, image);
        Assert.Equal((24, 16), (image.Width, image.Height));
    }

    [Fact]
    public void Damage_is_found_by_name()
    {
        using var folder = new TempFolder();
        byte[] packed = IdxBytes.Gzip(Tar(Names));
        string shortened = folder.Write("short.tar.gz", packed[..(packed.Length / 2)]);
        Assert.Contains(shortened, Refused(shortened), StringComparison.Ordinal);
        packed[^6] ^= 1;
        Assert.Contains("its checksum says", Refused(folder.Write("flipped.tar.gz", packed)), StringComparison.Ordinal);
        string cut = folder.Write("cut.tar", Tar(Names)[..3_000]);
        Assert.Contains(cut, Refused(cut), StringComparison.Ordinal);
        Refused(folder.Write("text.tar", "no archive at all"u8.ToArray()));
        Assert.Contains("the file is missing", Refused(folder.Path("none.tar")), StringComparison.Ordinal);
    }

    private static string Refused(string path) =>
        Assert.Throws<DataFormatException>(() => ImageArchive.Load(path)).Message;

    [Fact]
    public void Opens_the_published_images()
    {
        string path = RealData.Folder("cifar10-jpeg.tar.gz");
        if (!File.Exists(path))
            Assert.Skip($"{path} is not there.");
        ImageSplit split = Load(path);
        Assert.Equal((50_000, 10_000), (split.Train.Count, split.Test.Count));
        Assert.Equal("airplane", split.Train.ClassNames[0]);
        Assert.Equal("truck", split.Test.ClassNames[9]);
        var test = (EncodedImages)split.Test;
        Assert.Equal((0, 0, 10_000L * 3_072), (test.Skipped.Count, test.Misnamed, test.DecodedBytes));
        for (int label = 0; label < 10; label++)
            Assert.Equal(1_000, Enumerable.Range(0, test.Count).Count(i => test.Label(i) == label));
    }
}
