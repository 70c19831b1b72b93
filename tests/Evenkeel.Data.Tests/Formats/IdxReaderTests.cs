using Evenkeel.Data.Formats;
using Evenkeel.Data.Tests.Files;

namespace Evenkeel.Data.Tests.Formats;

public sealed class IdxReaderTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    private string Refuse(byte[] bytes, int dimensions = 3)
    {
        string path = _folder.Write("data.idx", bytes);
        var e = Assert.Throws<DataFormatException>(() => IdxReader.Read(path, dimensions));
        Assert.StartsWith(path + ": ", e.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', e.Message);
        return e.Message;
    }

    [Fact]
    public void Reads_plain_and_compressed_files_whatever_their_names()
    {
        byte[] plain = IdxBytes.Images(3, 5);
        IdxData a = IdxReader.Read(_folder.Write("plain.gz", plain), 3);
        IdxData b = IdxReader.Read(_folder.Write("packed", IdxBytes.Gzip(plain)), 3);
        Assert.Equal([3, 5, 5], a.Dimensions);
        Assert.Equal([3, 5, 5], b.Dimensions);
        Assert.Equal(plain[16..], a.Bytes);
        Assert.Equal(plain[16..], b.Bytes);
    }

    [Fact]
    public void Reads_gzip_headers_with_every_optional_field()
    {
        byte[] packed = IdxBytes.Gzip(IdxBytes.Labels(4));
        byte[] head = [.. packed[..3], 2 | 4 | 8 | 16, .. packed[4..10]];
        byte[] full = [.. head, 2, 0, 7, 7, (byte)'n', 0, (byte)'c', 0, 1, 2, .. packed[10..]];
        Assert.Equal([0, 1, 2, 3], IdxReader.Read(_folder.Write("full", full), 1).Bytes);
    }

    [Fact]
    public void A_missing_file_is_named()
    {
        string path = _folder.Path("nowhere");
        var e = Assert.Throws<DataFormatException>(() => IdxReader.Read(path, 3));
        Assert.StartsWith(path + ": the file cannot be read", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_folder_in_place_of_a_file_is_named() =>
        Assert.Contains(
            _folder.Root,
            Assert.Throws<DataFormatException>(() => IdxReader.Read(_folder.Root, 3)).Message,
            StringComparison.Ordinal
        );

    [Fact]
    public void An_empty_file_says_so() => Assert.Contains("it holds 0 bytes", Refuse([]), StringComparison.Ordinal);

    [Fact]
    public void Swapped_files_are_recognised()
    {
        Assert.Contains(
            "starts with 00000801; that is a file of labels",
            Refuse(IdxBytes.Labels(3)),
            StringComparison.Ordinal
        );
        Assert.Contains("that is a file of images", Refuse(IdxBytes.Images(3), 1), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(new byte[] { 0x3C, 0x21, 0x44, 0x4F, 0x43 }, "starts with 3c21444f; it is not an IDX file")]
    [InlineData(new byte[] { 0, 0, 0x0D, 3, 0, 0, 0, 1 }, "element type or shape is not supported")]
    [InlineData(new byte[] { 1, 0, 8, 3, 0, 0, 0, 1 }, "it is not an IDX file")]
    public void Another_magic_number_is_shown(byte[] start, string expected) =>
        Assert.Contains(expected, Refuse(start), StringComparison.Ordinal);

    [Fact]
    public void A_file_cut_anywhere_is_refused()
    {
        byte[] whole = IdxBytes.Images(2, 4);
        for (int length = 0; length < whole.Length; length++)
            Refuse(whole[..length]);
    }

    [Fact]
    public void More_bytes_than_promised_are_refused() =>
        Assert.Contains("more bytes follow", Refuse([.. IdxBytes.Images(2, 4), 0]), StringComparison.Ordinal);

    [Fact]
    public void Promises_too_large_for_memory_are_refused()
    {
        string message = Refuse(IdxBytes.Of([1, 2, 3], int.MaxValue, int.MaxValue, int.MaxValue));
        Assert.Contains("more than the", message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Promises_larger_than_the_file_take_no_memory(bool compressed)
    {
        byte[] bytes = IdxBytes.Of([1, 2, 3], 1_000, 1_000, 1_000);
        long before = GC.GetAllocatedBytesForCurrentThread();
        string message = Refuse(compressed ? IdxBytes.Gzip(bytes) : bytes);
        Assert.True(GC.GetAllocatedBytesForCurrentThread() - before < 100_000_000);
        Assert.Contains("1000 x 1000 x 1000 bytes, but the file is too short", message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    public void A_dimension_must_be_positive(int size) =>
        Assert.Contains("dimension 1 must be 1 to", Refuse(IdxBytes.Of([], 1, size, 1)), StringComparison.Ordinal);

    [Fact]
    public void A_compressed_file_cut_anywhere_is_refused()
    {
        byte[] whole = IdxBytes.Gzip(IdxBytes.Images(20));
        for (int length = 0; length < whole.Length; length += length < whole.Length - 40 ? 13 : 1)
            Refuse(whole[..length]);
    }

    [Fact]
    public void Bytes_after_the_compressed_data_are_refused()
    {
        byte[] whole = IdxBytes.Gzip(IdxBytes.Images(2));
        Assert.Contains("checksum", Refuse([.. whole, 0, 0, 0]), StringComparison.Ordinal);
    }

    [Fact]
    public void No_flipped_bit_of_a_compressed_file_changes_what_is_read()
    {
        byte[] values = new byte[60];
        new Random(5).NextBytes(values);
        byte[] plain = IdxBytes.Of(values, 2, 6, 5);
        byte[] packed = IdxBytes.Gzip(plain);
        int harmless = 0;
        for (int bit = 0; bit < packed.Length * 8; bit++)
        {
            byte[] flipped = [.. packed];
            flipped[bit / 8] ^= (byte)(1 << (bit % 8));
            string path = _folder.Write("flipped", flipped);
            try
            {
                // Times, names and padding may differ; the contents may not.
                Assert.Equal(values, IdxReader.Read(path, 3).Bytes);
                harmless++;
            }
            catch (DataFormatException e)
            {
                Assert.StartsWith(path + ": ", e.Message, StringComparison.Ordinal);
            }
        }

        // Six bytes of time, level and system, the text flag, and a few bits of padding.
        Assert.InRange(harmless, 48, 48 + 16);
    }
}
