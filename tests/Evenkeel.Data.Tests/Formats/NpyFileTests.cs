using System.IO.Compression;
using System.Text;
using Evenkeel.Data.Formats;

namespace Evenkeel.Data.Tests.Formats;

public sealed class NpyFileTests
{
    [Theory]
    [InlineData()]
    [InlineData(0)]
    [InlineData(7)]
    [InlineData(2, 3)]
    [InlineData(4, 1, 5, 2)]
    public void What_is_written_is_read(params int[] dimensions)
    {
        float[] values = [.. Enumerable.Range(0, NpyArray.Count(dimensions)).Select(i => (i * 0.37f) - 2)];
        byte[] file = Written(dimensions, values);
        NpyArray read = Read(file);
        Assert.Equal(dimensions, read.Dimensions);
        Assert.Equal(values, read.Values);
        Assert.Equal(0, (file.Length - (4 * values.Length)) % 64);
    }

    [Theory]
    [InlineData("<f2", "003C00C0")] // The bytes of numpy.array([1, -2], dtype).tobytes().
    [InlineData(">f2", "3C00C000")]
    [InlineData("<f4", "0000803F000000C0")]
    [InlineData(">f4", "3F800000C0000000")]
    [InlineData("<f8", "000000000000F03F00000000000000C0")]
    [InlineData(">f8", "3FF0000000000000C000000000000000")]
    [InlineData("|i1", "01FE")]
    [InlineData("<i2", "0100FEFF")]
    [InlineData(">i4", "00000001FFFFFFFE")]
    [InlineData("<i8", "0100000000000000FEFFFFFFFFFFFFFF")]
    public void Each_type_is_widened(string type, string bytes) =>
        Assert.Equal([1f, -2f], Read(File(type, "(2,)", Convert.FromHexString(bytes))).Values);

    [Fact]
    public void Bytes_and_booleans_are_numbers()
    {
        Assert.Equal([200f, 3f], Read(File("|u1", "(2,)", [200, 3])).Values);
        Assert.Equal([1f, 0f], Read(File("|b1", "(2,)", [1, 0])).Values);
    }

    [Theory]
    [InlineData("<f4", "(2,)", false, 4, "cut off")]
    [InlineData("<f4", "(1000000, 1000000)", false, 8, "larger than can be read")]
    [InlineData("<f4", "(500000000,)", false, 8, "cut off")]
    [InlineData("<c8", "(1,)", false, 8, "'<c8' are not read")]
    [InlineData("|O8", "(1,)", false, 8, "not that of an array")]
    [InlineData("<f4", "(2, 1)", true, 8, "numpy.ascontiguousarray")]
    [InlineData("<f4", "(-2,)", false, 8, "not that of an array")]
    public void What_cannot_be_read_is_said(string type, string shape, bool fortran, int bytes, string message)
    {
        byte[] file = File(type, shape, new byte[bytes], fortran);
        string said = Assert.Throws<DataFormatException>(() => Read(file)).Message;
        Assert.Contains(message, said, StringComparison.Ordinal);
        Assert.StartsWith("x.npy: ", said, StringComparison.Ordinal);
    }

    [Fact]
    public void Every_cut_and_every_foreign_file_is_refused()
    {
        byte[] file = Written([2, 3], new float[6]);
        for (int length = 0; length < file.Length; length++)
            Assert.Throws<DataFormatException>(() => Read(file[..length]));
        Assert.Throws<DataFormatException>(() => Read(Encoding.ASCII.GetBytes("this is some text")));
        Assert.Throws<DataFormatException>(() => NpyFile.Read("/nowhere/x.npy"));
    }

    [Fact]
    public void An_archive_is_read_by_name()
    {
        string path = Path.GetTempFileName();
        try
        {
            using (var archive = new ZipArchive(System.IO.File.Create(path), ZipArchiveMode.Create))
            {
                foreach (string name in (string[])["x", "labels"])
                {
                    using Stream entry = archive.CreateEntry($"{name}.npy").Open();
                    NpyFile.Write(entry, [2], name == "x" ? [1f, 2f] : [3f, 4f]);
                }
            }

            IReadOnlyDictionary<string, NpyArray> arrays = NpyFile.ReadArchive(path);
            Assert.Equal(["labels", "x"], arrays.Keys.Order());
            Assert.Equal([3f, 4f], arrays["labels"].Values);
            System.IO.File.WriteAllText(path, "no zip");
            Assert.Throws<DataFormatException>(() => NpyFile.ReadArchive(path));
        }
        finally
        {
            System.IO.File.Delete(path);
        }
    }

    private static byte[] Written(int[] dimensions, float[] values)
    {
        using var stream = new MemoryStream();
        NpyFile.Write(stream, dimensions, values);
        return stream.ToArray();
    }

    private static byte[] File(string type, string shape, byte[] values, bool fortran = false)
    {
        string order = fortran ? "True" : "False";
        byte[] header = Encoding.ASCII.GetBytes(
            $"{{'descr': '{type}', 'fortran_order': {order}, 'shape': {shape}, }}\n"
        );
        return [0x93, .. "NUMPY"u8, 1, 0, (byte)header.Length, (byte)(header.Length >> 8), .. header, .. values];
    }

    private static NpyArray Read(byte[] file) => NpyFile.Read(new MemoryStream(file), "x.npy", file.Length);
}
