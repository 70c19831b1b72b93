using System.Buffers.Binary;
using System.Text;
using Evenkeel.Serialization;

namespace Evenkeel.Tests.Serialization;

public sealed class SafeTensorsDamageTests
{
    private const string Good = """{"x":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}""";

    [Theory]
    [InlineData("", 0, "must begin with '{'")]
    [InlineData(" {}", 0, "must begin with '{'")]
    [InlineData("{} x", 0, "not valid JSON")]
    [InlineData("{\"x\":1,}", 0, "tensor 'x': must be an object")]
    [InlineData("""{"x":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}""", 4, "not valid JSON")]
    [InlineData("""{"x":{"shape":[1],"data_offsets":[0,4]}}""", 4, "tensor 'x': dtype is missing")]
    [InlineData("""{"x":{"dtype":"F32","data_offsets":[0,4]}}""", 4, "tensor 'x': shape is missing")]
    [InlineData("""{"x":{"dtype":"F32","shape":[1]}}""", 4, "tensor 'x': data_offsets is missing")]
    [InlineData("""{"x":{"dtype":"F31","shape":[1],"data_offsets":[0,4]}}""", 4, "unknown dtype 'F31'; known are F64,")]
    [InlineData("""{"x":{"dtype":7,"shape":[1],"data_offsets":[0,4]}}""", 4, "dtype must be a string, found Number")]
    [InlineData("""{"x":{"dtype":"F32","shape":1,"data_offsets":[0,4]}}""", 4, "shape must be a list")]
    [InlineData("""{"x":{"dtype":"F32","shape":[-1],"data_offsets":[0,4]}}""", 4, "shape[0] must be a whole number")]
    [InlineData("""{"x":{"dtype":"F32","shape":[1.5],"data_offsets":[0,4]}}""", 4, "shape[0] must be a whole number")]
    [InlineData("""{"x":{"dtype":"F32","shape":[1e99],"data_offsets":[0,4]}}""", 4, "shape[0] must be a whole number")]
    [InlineData("""{"x":{"dtype":"F32","shape":[[1]],"data_offsets":[0,4]}}""", 4, "shape[0] must be a whole number")]
    [InlineData(
        """{"x":{"dtype":"F32","shape":[4294967296,4294967296],"data_offsets":[0,4]}}""",
        4,
        "shape [4294967296, 4294967296] is too large"
    )]
    [InlineData(
        """{"x":{"dtype":"F64","shape":[1152921504606846976,2],"data_offsets":[0,0]}}""",
        0,
        "[1152921504606846976, 2] is too large"
    )]
    [InlineData(
        """{"x":{"dtype":"F32","shape":[2],"data_offsets":[0,4]}}""",
        4,
        "F32 [2] needs 8 bytes, data_offsets [0, 4] give 4"
    )]
    [InlineData("""{"x":{"dtype":"F32","shape":[1],"data_offsets":[4,0]}}""", 4, "must be [begin, end], found [4, 0]")]
    [InlineData("""{"x":{"dtype":"F32","shape":[1],"data_offsets":[4]}}""", 4, "must be [begin, end], found [4]")]
    [InlineData("""{"x":{"dtype":"F32","shape":[1],"data_offsets":[0,4],"extra":1}}""", 4, "found 'extra'")]
    [InlineData("""{"x":{"dtype":"F32","dtype":"F32","shape":[1],"data_offsets":[0,4]}}""", 4, "dtype appears twice")]
    [InlineData(
        """{"x":{"dtype":"U8","shape":[1],"data_offsets":[0,1]},"x":{"dtype":"U8","shape":[1],"data_offsets":[1,2]}}""",
        2,
        "tensor 'x': appears twice"
    )]
    [InlineData(
        """{"x":{"dtype":"U8","shape":[2],"data_offsets":[0,2]},"y":{"dtype":"U8","shape":[2],"data_offsets":[1,3]}}""",
        3,
        "tensor 'y': begins at byte 1, inside the tensor before it that ends at 2"
    )]
    [InlineData(
        """{"x":{"dtype":"U8","shape":[1],"data_offsets":[0,1]},"y":{"dtype":"U8","shape":[1],"data_offsets":[2,3]}}""",
        3,
        "tensor 'y': begins at byte 2, expected 1"
    )]
    [InlineData(Good, 5, "the tensors end at byte 4 of the data, the file holds 5")]
    [InlineData(Good, 3, "tensor 'x': ends at byte 4 of the data, the file holds 3; it may be cut short")]
    [InlineData("{}", 1, "the tensors end at byte 0 of the data, the file holds 1")]
    [InlineData("""{"__metadata__":[]}""", 0, "__metadata__ must be an object, found StartArray")]
    [InlineData("""{"__metadata__":{"k":1}}""", 0, "__metadata__ 'k' must be a string, found Number")]
    [InlineData("""{"__metadata__":{"k":"1","k":"2"}}""", 0, "__metadata__ 'k' appears twice")]
    [InlineData("""{"__metadata__":{},"__metadata__":{}}""", 0, "__metadata__ appears twice")]
    [InlineData("{\"__metadata__\":{\"k\":\"\\ud800\"}}", 0, "not valid Unicode")]
    [InlineData("{\"__metadata__\":{\"k\":\"\u00ff\"}}", 0, "not valid")]
    [InlineData("{\"a\\nb\":1}", 0, "tensor 'a?b': must be an object")]
    public void A_damaged_header_is_told_in_one_line(string header, int dataBytes, string expected)
    {
        byte[] file = SafeTensorsTests.File(header, new byte[dataBytes]);
        var e = Assert.Throws<SafeTensorsException>(() => SafeTensorsReader.FromBytes(file, "m.safetensors"));
        Assert.StartsWith("m.safetensors: ", e.Message);
        Assert.Contains(expected, e.Message);
        Assert.DoesNotContain('\n', e.Message);
    }

    [Theory]
    [InlineData(0, 0UL, "0 bytes are too few")]
    [InlineData(7, 0UL, "7 bytes are too few")]
    [InlineData(8, 1UL, "the header should have 1 bytes, the file has 0 left")]
    [InlineData(100, 93UL, "the header should have 93 bytes, the file has 92 left")]
    [InlineData(100, 100_000_001UL, "exceeds the limit of 100000000")]
    [InlineData(100, ulong.MaxValue, "exceeds the limit of 100000000")]
    public void A_wrong_header_length_is_told_in_one_line(int fileBytes, ulong headerBytes, string expected)
    {
        byte[] prefix = new byte[8];
        BinaryPrimitives.WriteUInt64LittleEndian(prefix, headerBytes);
        byte[] file = new byte[fileBytes];
        prefix.AsSpan(0, Math.Min(8, fileBytes)).CopyTo(file);
        var e = Assert.Throws<SafeTensorsException>(() => SafeTensorsReader.FromBytes(file));
        Assert.Contains(expected, e.Message);
    }

    [Fact]
    public void Absurd_names_and_shapes_do_not_make_absurd_messages()
    {
        string name = new('n', 100_000);
        string shape = string.Join(",", Enumerable.Repeat("1", 100_000));
        byte[] file = SafeTensorsTests.File(
            $$$"""{"{{{name}}}":{"dtype":"U8","shape":[{{{shape}}}],"data_offsets":[0,2]}}""",
            [0, 0]
        );
        var e = Assert.Throws<SafeTensorsException>(() => SafeTensorsReader.FromBytes(file));
        Assert.InRange(e.Message.Length, 1, 400);
    }

    [Fact]
    public void A_file_cut_short_while_open_is_an_error_not_a_crash()
    {
        using var folder = new TemporaryFolder();
        string path = folder.File("a.safetensors");
        new SafeTensorsWriter().Add("x", [100_000], new float[100_000]).Save(path);
        using var reader = SafeTensorsReader.Open(path);
        Assert.SkipWhen(OperatingSystem.IsWindows(), "an open file cannot be cut short on Windows");
        CutShort(path);
        var e = Assert.Throws<SafeTensorsException>(() => reader.ReadFloat32("x", new float[100_000]));
        Assert.Contains("cut short while it was read", e.Message);
    }

    [Fact]
    public void Mutated_files_raise_only_the_own_exception_and_allocate_little()
    {
        const int mutations = 10_000;
        var random = new Random(20150211);
        byte[] good = Sample();
        int accepted = 0;
        for (int i = 0; i < mutations; i++)
        {
            byte[] file = Mutate(good, random);
            long before = GC.GetAllocatedBytesForCurrentThread();
            if (ReadsWhole(file))
                accepted++;
            // Generous: an exception with its stack trace is some 10 KB, the file itself under 1 KB.
            Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 1 << 20);
        }
        // Some mutations only change values, names or metadata: those files are valid, the others are not.
        Assert.InRange(accepted, 1, mutations - 1);
    }

    private static byte[] Sample()
    {
        using var stream = new MemoryStream();
        new SafeTensorsWriter()
            .WithMetadata("format", "pt")
            .Add("fc1.weight", [4, 3], new float[12])
            .Add("bn1.num_batches_tracked", [], new long[] { 17 })
            .Add("bn1.running_var", [3], new double[3])
            .Add("half", [3], new Half[3])
            .Add("mask", [2], new[] { true, false })
            .WriteTo(stream);
        return stream.ToArray();
    }

    private static byte[] Mutate(byte[] good, Random random)
    {
        var file = new List<byte>(good);
        int headerEnd = 8 + (int)BinaryPrimitives.ReadInt64LittleEndian(good);
        int changes = random.Next(1, 4);
        for (int i = 0; i < changes; i++)
        {
            int at = Math.Min(random.Next(10) == 0 ? random.Next(file.Count) : random.Next(headerEnd), file.Count - 1);
            switch (random.Next(6))
            {
                case 0:
                    file[at] = (byte)random.Next(256);
                    break;
                case 1:
                    file[at] = (byte)"0123456789,:{}[]\"-.eE "[random.Next(22)];
                    break;
                case 2:
                    file.RemoveAt(at);
                    break;
                case 3:
                    file.InsertRange(at, Encoding.UTF8.GetBytes(random.Next(2) == 0 ? "99999999999" : "\"x\":{},"));
                    break;
                case 4:
                    file.RemoveRange(at, Math.Min(random.Next(1, 40), file.Count - at - 1));
                    break;
                default:
                    file.InsertRange(at, file.GetRange(at, Math.Min(random.Next(1, 60), file.Count - at)));
                    break;
            }
        }
        // Half of the time the length is made to fit, so that the header's content is what gets read.
        if (random.Next(2) == 0 && file.Count > 8)
        {
            byte[] length = BitConverter.GetBytes(
                (long)Math.Clamp(headerEnd - 8 + file.Count - good.Length, 0, file.Count - 8)
            );
            for (int i = 0; i < length.Length; i++)
                file[i] = length[i];
        }
        return [.. file];
    }

    private static bool ReadsWhole(byte[] file)
    {
        try
        {
            using var reader = SafeTensorsReader.FromBytes(file);
            foreach (SafeTensorInfo tensor in reader.Tensors)
            {
                reader.ReadBytes(tensor.Name, new byte[tensor.Bytes]);
                reader.ReadFloat64(tensor.Name, new double[tensor.Count]);
            }
            return true;
        }
        catch (SafeTensorsException e) when (e.Message.Contains("expected F64", StringComparison.Ordinal))
        {
            // An integer tensor read as a float: the file as such was accepted.
            return true;
        }
        catch (SafeTensorsException)
        {
            return false;
        }
    }

    private static void CutShort(string path)
    {
        // The reader holds a shared lock that .NET honours; a foreign program would not.
        using var process = System.Diagnostics.Process.Start("truncate", ["-s", "1000", path]);
        process.WaitForExit();
        Assert.Equal(0, process.ExitCode);
    }
}
