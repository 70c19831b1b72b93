using System.IO.Compression;
using Evenkeel.Data.Formats;
using Evenkeel.Data.Tests.Files;

namespace Evenkeel.Data.Tests.Formats;

/// <summary>Packed files of a few kilobytes that stand for many megabytes.</summary>
public sealed class UnpackLimitsTests : IDisposable
{
    private const int Megabyte = 1 << 20;
    private static readonly UnpackLimits Low = new() { FreeBytes = Megabyte };
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Only_the_array_that_is_asked_for_is_unpacked()
    {
        string path = Archive(("x", 2), ("a", 2 * Megabyte), ("b", 2 * Megabyte));
        long before = GC.GetAllocatedBytesForCurrentThread();
        using (NpyArchive archive = NpyArchive.Open(path, Low))
        {
            Assert.Equal(["x", "a", "b"], archive.Names);
            Assert.Equal([2 * Megabyte], archive.Dimensions("a"));
            Assert.Equal([0f, 0f], archive.Read("x").Values);
        }

        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, Megabyte);
    }

    [Fact]
    public void An_array_that_unpacks_to_far_more_than_it_takes_is_refused()
    {
        string path = Archive(("x", 2 * Megabyte));
        using NpyArchive archive = NpyArchive.Open(path, Low);
        long before = GC.GetAllocatedBytesForCurrentThread();
        string message = Assert.Throws<DataFormatException>(() => archive.Read("x")).Message;
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, Megabyte);
        Assert.StartsWith($"{path}, array 'x': its ", message, StringComparison.Ordinal);
        Assert.Contains("more than the limit of", message, StringComparison.Ordinal);
        Assert.Contains("numpy.savez", message, StringComparison.Ordinal);

        using NpyArchive raised = NpyArchive.Open(path, Low with { MaxExpansion = 1032 });
        Assert.Equal(2 * Megabyte, raised.Read("x").Values.Length);
    }

    [Fact]
    public void All_arrays_together_have_the_limit_of_the_file()
    {
        string path = Archive(("a", 9 * Megabyte), ("b", 9 * Megabyte));
        Assert.Contains(
            "read them one by one",
            Assert.Throws<DataFormatException>(() => NpyFile.ReadArchive(path)).Message,
            StringComparison.Ordinal
        );
        using NpyArchive archive = NpyArchive.Open(path);
        Assert.Equal(9 * Megabyte, archive.Read("a").Values.Length);
    }

    [Fact]
    public void A_list_of_contents_without_end_is_given_up()
    {
        string path = Archive([.. Enumerable.Range(0, 200).Select(i => ($"array {i}", 1))]);
        string message = Assert
            .Throws<DataFormatException>(() => NpyArchive.Open(path, new UnpackLimits { MaxDirectoryBytes = 1000 }))
            .Message;
        Assert.Contains("its directory is longer than the limit", message, StringComparison.Ordinal);
        using NpyArchive whole = NpyArchive.Open(path);
        Assert.Equal(200, whole.Names.Count);
    }

    [Fact]
    public void Packed_images_that_unpack_to_far_more_than_they_take_are_refused_before_memory_is_taken()
    {
        byte[] packed = IdxBytes.Gzip(IdxBytes.Of(new byte[5 * Megabyte], 5, 1024, 1024));
        string path = _folder.Write("images.gz", packed);
        long before = GC.GetAllocatedBytesForCurrentThread();
        Assert.Throws<DataFormatException>(() => IdxReader.Read(path, 3, Low));
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, Megabyte);
        Assert.Equal(5 * Megabyte, IdxReader.Read(path, 3, Low with { MaxExpansion = 1032 }).Bytes.Length);
    }

    [Fact]
    public void A_name_in_a_packed_file_has_an_end()
    {
        byte[] packed = IdxBytes.Gzip(IdxBytes.Labels(4));
        byte[] named =
        [
            .. packed[..3],
            8,
            .. packed[4..10],
            .. Enumerable.Repeat((byte)'n', 100_000),
            0,
            .. packed[10..],
        ];
        string path = _folder.Write("named.gz", named);
        Assert.Contains(
            "names a text of more than 65536 bytes",
            Assert.Throws<DataFormatException>(() => IdxReader.Read(path, 1)).Message,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public void A_header_of_blanks_is_refused_at_once()
    {
        byte[] text =
        [
            .. "{'descr': '<f4', 'fortran_order': False, 'shape': (1,)"u8,
            .. Enumerable.Repeat((byte)' ', 60_000),
            (byte)'x',
        ];
        byte[] file = [0x93, .. "NUMPY"u8, 1, 0, (byte)text.Length, (byte)(text.Length >> 8), .. text, 0, 0, 0, 0];
        string message = Assert.Throws<DataFormatException>(() => NpyFile.Read(_folder.Write("x.npy", file))).Message;
        Assert.Contains("the header is not that of an array", message, StringComparison.Ordinal);
    }

    private string Archive(params (string Name, int Count)[] arrays)
    {
        string path = _folder.Path("x.npz");
        using ZipArchive archive = ZipFile.Open(path, ZipArchiveMode.Create);
        float[] zeros = new float[arrays.Max(a => a.Count)];
        foreach ((string name, int count) in arrays)
        {
            using Stream entry = archive.CreateEntry($"{name}.npy", CompressionLevel.SmallestSize).Open();
            NpyFile.Write(entry, [count], zeros.AsSpan(0, count));
        }

        return path;
    }
}
