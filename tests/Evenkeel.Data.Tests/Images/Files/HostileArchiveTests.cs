using System.IO.Compression;
using System.Text;
using Evenkeel.Data.Formats;
using Evenkeel.Data.Images;
using Evenkeel.Data.Images.Files;
using Evenkeel.Data.Tests.Files;

namespace Evenkeel.Data.Tests.Images.Files;

/// <summary>Archives that claim, or unpack to, more than they should.</summary>
public sealed class HostileArchiveTests : IDisposable
{
    private const long Megabyte = 1L << 20;
    private static readonly byte[] Image = JpegBytes.Fixture("color.jpg");
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    public static TheoryData<string, byte[]> Sizes =>
        new()
        {
            { "2^31", TarBytes.Octal(1L << 31) },
            { "2^32 + 5", TarBytes.Octal((1L << 32) + 5) },
            { "most that eleven digits say", TarBytes.Octal((1L << 33) - 1) },
            { "2^63 - 1 in base 256", [0x80, 0, 0, 0, 0x7F, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF] },
            { "2^40 in base 256", [0x80, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0] },
            { "-1 in base 256", [0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF] },
            { "-1 in digits", "-0000000001\0"u8.ToArray() },
            { "no digits", "a lot of it\0"u8.ToArray() },
            { "more than is there", TarBytes.Octal(200 * Megabyte) },
        };

    [Theory]
    [MemberData(nameof(Sizes))]
    public void A_size_that_cannot_be_is_one_line_about_the_file(string what, byte[] size)
    {
        foreach (string name in (string[])["train/cat/1.jpg", "notes.txt"])
        {
            foreach (char type in "0xgLK")
            {
                byte[] tar =
                [
                    .. TarBytes.Entry("train/dog/1.jpg", Image),
                    .. TarBytes.Header(name, size, type),
                    .. Image,
                ];
                Refused(_folder.Write("set.tar", tar), what);
                Refused(_folder.Write("set.tar.gz", IdxBytes.Gzip(tar)), what);
            }
        }
    }

    [Theory]
    [InlineData("size=99999999999999999999999")]
    [InlineData("size=-5")]
    [InlineData("size=9223372036854775807")]
    [InlineData("size=2147483648")]
    [InlineData("mtime=999999999999999999999999999")]
    [InlineData("mtime=1e400")]
    [InlineData("path=")]
    [InlineData("path=train/cat/\0.jpg")]
    [InlineData("uid=x")]
    [InlineData("GNU.sparse.realsize=99999999999999")]
    public void An_extended_header_that_cannot_be_is_one_line_or_nothing(string record)
    {
        string line = $"{record.Length + 4} {record}\n";
        byte[] tar =
        [
            .. TarBytes.Entry("train/dog/1.jpg", Image),
            .. TarBytes.Entry("extended", Encoding.ASCII.GetBytes(line), 'x'),
            .. TarBytes.Entry("train/cat/1.jpg", Image),
            .. TarBytes.Entry("test/cat/1.jpg", Image),
            .. TarBytes.Entry("test/dog/1.jpg", Image),
            .. new byte[1024],
        ];
        string path = _folder.Write("set.tar", tar);
        try
        {
            ImageArchive.Load(path);
        }
        catch (DataFormatException e)
        {
            Assert.Contains(path, e.Message, StringComparison.Ordinal);
            Assert.DoesNotContain("Parameter", e.Message, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("train/cat/2.jpg")]
    [InlineData("somewhere/else.bin")]
    public void What_unpacks_to_far_more_than_it_has_is_given_up(string name)
    {
        string path = _folder.Path("bomb.tar.gz");
        using (var gzip = new GZipStream(File.Create(path), CompressionLevel.SmallestSize))
        {
            gzip.Write(TarBytes.Entry("train/dog/1.jpg", Image));
            gzip.Write(TarBytes.Header(name, TarBytes.Octal(30 * Megabyte)));
            for (int i = 0; i < 30; i++)
                gzip.Write(new byte[Megabyte]);
        }

        var options = new ImageReadOptions
        {
            Limits = new ImageLimits { Unpacking = new UnpackLimits { FreeBytes = 8 * Megabyte } },
        };
        long before = GC.GetAllocatedBytesForCurrentThread();
        Assert.Contains("unpack to more than the limit of", Refused(path, name, options), StringComparison.Ordinal);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 50 * Megabyte);
    }

    [Fact]
    public void Limits_can_be_raised_and_lowered()
    {
        byte[] tar = Whole(out byte[] zeros);
        string path = _folder.Write("set.tar.gz", IdxBytes.Gzip(tar));
        var options = new ImageReadOptions { MaxSkipped = 0.9 };
        ImageLimits limits = options.Limits;
        Load(
            path,
            options with
            {
                Limits = limits with { MaxFileBytes = zeros.Length - 1 },
            },
            "its 40000 bytes are more than the limit of 39999"
        );
        Load(path, options with { Limits = limits with { MaxFileBytes = zeros.Length } }, "neither JPEG nor PNG");
        var few = new UnpackLimits { FreeBytes = 1000, MaxExpansion = 2 };
        Assert.Contains(
            "or raise the limit",
            Assert
                .Throws<DataFormatException>(() =>
                    ImageArchive.Load(path, options with { Limits = limits with { Unpacking = few } })
                )
                .Message,
            StringComparison.Ordinal
        );
        Assert.Contains(
            "more than the limit of 20000 bytes",
            Assert
                .Throws<DataFormatException>(() =>
                    ImageArchive.Load(path, options with { Limits = limits with { MaxArchiveBytes = 20_000 } })
                )
                .Message,
            StringComparison.Ordinal
        );
    }

    private static void Load(string path, ImageReadOptions options, string reason)
    {
        var train = (EncodedImages)ImageArchive.Load(path, options).Train;
        Assert.Contains(reason, Assert.Single(train.Skipped).Reason, StringComparison.Ordinal);
    }

    private static byte[] Whole(out byte[] zeros)
    {
        zeros = new byte[40_000];
        return
        [
            .. TarBytes.Entry("train/dog/1.jpg", Image),
            .. TarBytes.Entry("train/cat/1.jpg", Image),
            .. TarBytes.Entry("train/cat/2.jpg", zeros),
            .. TarBytes.Entry("test/cat/1.jpg", Image),
            .. TarBytes.Entry("test/dog/1.jpg", Image),
            .. new byte[1024],
        ];
    }

    private static string Refused(string path, string what, ImageReadOptions? options = null)
    {
        string message = Assert.Throws<DataFormatException>(() => ImageArchive.Load(path, options)).Message;
        Assert.True(
            message.StartsWith(path, StringComparison.Ordinal) && !message.Contains('\n', StringComparison.Ordinal),
            $"{what}: {message}"
        );
        Assert.DoesNotContain("Parameter", message, StringComparison.Ordinal);
        Assert.DoesNotContain("overflow", message, StringComparison.Ordinal);
        return message;
    }
}
