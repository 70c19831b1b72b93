using System.Formats.Tar;
using System.Text;
using Evenkeel.Data.Images.Files;
using Evenkeel.Data.Tests.Files;

namespace Evenkeel.Data.Tests.Images.Files;

public sealed class TarHeaderCheckTests
{
    private const int Block = 512;

    [Theory]
    [InlineData('L', false)]
    [InlineData('K', true)]
    [InlineData('x', false)]
    [InlineData('g', true)]
    public void Names_and_attributes_that_claim_much_are_refused_before_memory_is_taken(char kind, bool gzipped)
    {
        using var folder = new TempFolder();
        byte[] tar = [.. Header(kind, "07777777777"), .. new byte[4 * Block]];
        string path = folder.Write("set.tar", gzipped ? IdxBytes.Gzip(tar) : tar);
        long before = GC.GetAllocatedBytesForCurrentThread();
        var e = Assert.Throws<DataFormatException>(() => ImageArchive.Load(path));
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 16 << 20);
        Assert.Contains("more than the limit of 1048576 bytes", e.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Long_names_and_contents_pass_as_they_are(bool seekable)
    {
        string name = $"train/{new string('n', 5000)}/1.jpg";
        using var written = new MemoryStream();
        using (var tar = new TarWriter(written, TarEntryFormat.Gnu, leaveOpen: true))
        {
            tar.WriteEntry(
                new GnuTarEntry(TarEntryType.RegularFile, name) { DataStream = new MemoryStream([1, 2, 3]) }
            );
            tar.WriteEntry(
                new GnuTarEntry(TarEntryType.RegularFile, "other") { DataStream = new MemoryStream(new byte[900]) }
            );
        }

        byte[] bytes = written.ToArray();
        using Stream source = seekable ? new MemoryStream(bytes) : new OneByOne(bytes);
        using var reader = new TarReader(new TarHeaderCheck(source));
        TarEntry first = reader.GetNextEntry()!;
        Assert.Equal(name, first.Name);
        Assert.Equal(1, first.DataStream!.ReadByte());
        Assert.Equal("other", reader.GetNextEntry()!.Name);
        Assert.Null(reader.GetNextEntry());
    }

    private static byte[] Header(char kind, string size)
    {
        byte[] header = new byte[Block];
        void Put(int at, string text) => Encoding.ASCII.GetBytes(text).CopyTo(header, at);
        Put(0, "name");
        Put(100, "0000644\0");
        Put(108, "0000000\0");
        Put(116, "0000000\0");
        Put(124, size);
        Put(136, "14000000000\0");
        header[156] = (byte)kind;
        Put(257, "ustar\000");
        Put(148, "        ");
        Put(148, $"{Convert.ToString(header.Sum(b => b), 8).PadLeft(6, '0')}\0 ");
        return header;
    }

    /// <summary>Forwards only, a byte at a time.</summary>
    private sealed class OneByOne(byte[] bytes) : MemoryStream(bytes)
    {
        public override bool CanSeek => false;

        public override int Read(byte[] buffer, int offset, int count) => base.Read(buffer, offset, Math.Min(1, count));
    }
}
