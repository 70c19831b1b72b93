using System.Buffers.Binary;
using System.Text;
using Evenkeel.Serialization;

namespace Evenkeel.Tests.Serialization;

public sealed class SafeTensorsTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void Every_type_comes_back_as_it_was_written()
    {
        string path = folder.File("all.safetensors");
        float[] floats = [1.5f, -0f, float.NaN, float.MaxValue, float.Epsilon, 7];
        new SafeTensorsWriter()
            .Add("f32", [2, 3], floats)
            .Add("f64", [2], new[] { Math.PI, double.NegativeInfinity })
            .Add("f16", [3], new[] { (Half)0.5f, (Half)65504f, (Half)6e-8f })
            .Add("i64", [], new[] { long.MinValue })
            .Add("i32", [1, 1], new[] { -5 })
            .Add("i16", [1], new short[] { -300 })
            .Add("i8", [2], new sbyte[] { -128, 127 })
            .Add("u32", [1], new[] { uint.MaxValue })
            .Add("u16", [1], new[] { ushort.MaxValue })
            .Add("u8", [3], new byte[] { 0, 128, 255 })
            .Add("bool", [2], new[] { true, false })
            .Add("none", [0, 4], Array.Empty<float>())
            .WithMetadata("format", "pt")
            .WithMetadata("convention", "eps 1e-5 \"quoted\" \n µ")
            .Save(path);
        using var reader = SafeTensorsReader.Open(path);
        Assert.Equal(12, reader.Tensors.Count);
        Assert.Equal("pt", reader.Metadata["format"]);
        Assert.Equal("eps 1e-5 \"quoted\" \n µ", reader.Metadata["convention"]);
        Assert.Equal([2, 3], reader.Info("f32").Shape);
        Assert.Equal(SafeTensorType.Float32, reader.Info("f32").Type);
        Assert.Equal(
            floats.Select(BitConverter.SingleToInt32Bits),
            Floats(reader, "f32", 6).Select(BitConverter.SingleToInt32Bits)
        );
        double[] doubles = new double[2];
        reader.ReadFloat64("f64", doubles);
        Assert.Equal([Math.PI, double.NegativeInfinity], doubles);
        Assert.Equal([0.5f, 65504f, (float)(Half)6e-8f], Floats(reader, "f16", 3));
        Assert.Empty(reader.Info("i64").Shape);
        Assert.Equal([long.MinValue], Longs(reader, "i64", 1));
        Assert.Equal([-5], Longs(reader, "i32", 1));
        Assert.Equal([-300], Longs(reader, "i16", 1));
        Assert.Equal([-128, 127], Longs(reader, "i8", 2));
        Assert.Equal([uint.MaxValue], Longs(reader, "u32", 1));
        Assert.Equal([ushort.MaxValue], Longs(reader, "u16", 1));
        Assert.Equal([0, 128, 255], Longs(reader, "u8", 3));
        Assert.Equal([1, 0], Longs(reader, "bool", 2));
        Assert.Empty(Floats(reader, "none", 0));
        byte[] raw = new byte[4];
        reader.ReadBytes("i32", raw);
        Assert.Equal(-5, BinaryPrimitives.ReadInt32LittleEndian(raw));
    }

    [Fact]
    public void The_bytes_are_the_formats()
    {
        using var stream = new MemoryStream();
        new SafeTensorsWriter()
            .WithMetadata("k", "v")
            .Add("b", [2], new byte[] { 7, 8 })
            .Add("a", [], new[] { 1f })
            .WriteTo(stream);
        const string header =
            """{"__metadata__":{"k":"v"},"a":{"dtype":"F32","shape":[],"data_offsets":[0,4]},"b":{"dtype":"U8","shape":[2],"data_offsets":[4,6]}}""";
        byte[] bytes = stream.ToArray();
        int length = (int)BinaryPrimitives.ReadInt64LittleEndian(bytes);
        Assert.Equal(0, length % 8);
        Assert.InRange(length - header.Length, 0, 7);
        Assert.Equal(header, Encoding.UTF8.GetString(bytes, 8, length).TrimEnd(' '));
        Assert.Equal([0, 0, 0x80, 0x3f, 7, 8], bytes[(8 + length)..]);
    }

    [Fact]
    public void The_order_of_adding_does_not_matter_and_wide_types_come_first()
    {
        byte[] Write(IEnumerable<string> names)
        {
            var writer = new SafeTensorsWriter();
            foreach (string name in names)
            {
                _ = name[0] == 'd' ? writer.Add(name, [1], new[] { 2.0 }) : writer.Add(name, [1], new byte[] { 3 });
            }
            using var stream = new MemoryStream();
            writer.WriteTo(stream);
            return stream.ToArray();
        }
        string[] names = ["b1", "d2", "b0", "d1"];
        byte[] bytes = Write(names);
        Assert.Equal(bytes, Write(names.Reverse()));
        Assert.Equal(["d1", "d2", "b0", "b1"], SafeTensorsReader.FromBytes(bytes).Tensors.Select(t => t.Name));
    }

    [Fact]
    public void Values_may_come_from_a_span_at_the_time_of_writing()
    {
        float[] arena = new float[3_000_000];
        using var stream = new MemoryStream();
        var writer = new SafeTensorsWriter().Add("w", [1_500_000, 2], () => arena.AsSpan());
        arena[^1] = 42;
        writer.WriteTo(stream);
        float[] back = Floats(SafeTensorsReader.FromBytes(stream.ToArray()), "w", arena.Length);
        Assert.Equal(arena, back);
    }

    [Fact]
    public void BFloat16_is_widened_exactly_across_chunks()
    {
        // Every bfloat16 there is, which is more than one chunk of the reader.
        byte[] raw = new byte[65_536 * 2];
        for (int i = 0; i < 65_536; i++)
            BinaryPrimitives.WriteUInt16LittleEndian(raw.AsSpan(2 * i), (ushort)i);
        byte[] file = File("""{"x":{"dtype":"BF16","shape":[256,256],"data_offsets":[0,131072]}}""", raw);
        float[] values = Floats(SafeTensorsReader.FromBytes(file), "x", 65_536);
        for (int i = 0; i < values.Length; i++)
            Assert.Equal((uint)i << 16, BitConverter.SingleToUInt32Bits(values[i]));
        double[] doubles = new double[65_536];
        SafeTensorsReader.FromBytes(file).ReadFloat64("x", doubles);
        Assert.Equal(values.Select(v => (double)v), doubles);
    }

    [Theory]
    [InlineData("x", 2, "x.safetensors: tensor 'x' F32 [3] has 3 elements, expected 2")]
    [InlineData("y", 3, "x.safetensors: no tensor 'y'; it holds 2: 'i', 'x'")]
    [InlineData("i", 1, "x.safetensors: tensor 'i' I64 []: expected F32, F16 or BF16, found I64")]
    public void Asking_for_the_wrong_thing_says_what_is_there(string name, int count, string message)
    {
        using var stream = new MemoryStream();
        new SafeTensorsWriter().Add("x", [3], new float[3]).Add("i", [], new long[1]).WriteTo(stream);
        var reader = SafeTensorsReader.FromBytes(stream.ToArray(), "x.safetensors");
        var e = Assert.Throws<SafeTensorsException>(() => reader.ReadFloat32(name, new float[count]));
        Assert.Equal(message, e.Message);
    }

    [Fact]
    public void The_writer_refuses_what_no_reader_would_take()
    {
        var writer = new SafeTensorsWriter().Add("x", [2], new float[2]);
        Assert.Throws<ArgumentException>(() => writer.Add("x", [2], new float[2]));
        Assert.Throws<ArgumentException>(() => writer.Add("__metadata__", [2], new float[2]));
        Assert.Throws<ArgumentException>(() => writer.Add("y", [3], new float[2]));
        Assert.Throws<ArgumentException>(() => writer.Add("y", [-1, -2], new float[2]));
        Assert.Throws<ArgumentException>(() => writer.Add("y", [1], new decimal[1]));
        Assert.Throws<ArgumentException>(() => writer.Add("z", [3], () => new float[2]).WriteTo(Stream.Null));
    }

    [Fact]
    public void A_failing_source_leaves_the_old_file()
    {
        string path = folder.File("a.safetensors");
        new SafeTensorsWriter().Add("x", [1], new[] { 1f }).Save(path);
        var failing = new SafeTensorsWriter().Add<float>(
            "x",
            [1],
            () => throw new InvalidOperationException("no values")
        );
        Assert.Throws<InvalidOperationException>(() => failing.Save(path));
        using var reader = SafeTensorsReader.Open(path);
        Assert.Equal([1f], Floats(reader, "x", 1));
        Assert.Single(Directory.GetFiles(folder.Path));
    }

    internal static byte[] File(string header, ReadOnlySpan<byte> data)
    {
        byte[] json = Encoding.Latin1.GetBytes(header);
        byte[] file = new byte[8 + json.Length + data.Length];
        BinaryPrimitives.WriteInt64LittleEndian(file, json.Length);
        json.CopyTo(file, 8);
        data.CopyTo(file.AsSpan(8 + json.Length));
        return file;
    }

    private static float[] Floats(SafeTensorsReader reader, string name, int count)
    {
        float[] values = new float[count];
        reader.ReadFloat32(name, values);
        return values;
    }

    private static long[] Longs(SafeTensorsReader reader, string name, int count)
    {
        long[] values = new long[count];
        reader.ReadInt64(name, values);
        return values;
    }
}
