using System.Diagnostics;
using System.Net.Sockets;
using Evenkeel.Onnx.Messages;
using Evenkeel.Testing;
using Google.Protobuf;

namespace Evenkeel.Onnx.Tests;

/// <summary>Files without an end, files that are small and make much, and files that name what is no file.</summary>
public sealed class HostileFileTests
{
    [Fact]
    public void A_stream_without_an_end_that_is_no_model_is_refused_by_its_first_bytes()
    {
        using var zeros = new EndlessStream([], [0]);
        Refused(zeros, "not an ONNX model", new OnnxImportOptions());
        Assert.InRange(zeros.Given, 1, 1 << 20);
    }

    [Fact]
    public void A_stream_without_an_end_of_fields_meets_the_limit_of_bytes()
    {
        // The version, again and again.
        using var versions = new EndlessStream([], [0x08, 0x08]);
        Refused(versions, "exceed the limit of 1048576", new OnnxImportOptions { MaxFileBytes = 1 << 20 });
        Assert.InRange(versions.Given, 1 << 20, (1 << 20) + (1 << 17));
    }

    [Theory]
    // A node of two bytes; a name of two.
    [InlineData(new byte[] { 0x0A, 0x00 })]
    [InlineData(new byte[] { 0x12, 0x00 })]
    public void Messages_and_texts_are_counted_before_they_are_made(byte[] each)
    {
        const int Count = 3_000_000;
        byte[] content = [.. Enumerable.Repeat(each, Count).SelectMany(b => b)];
        byte[] file = [0x3A, .. Varint(content.Length), .. content];
        var options = new OnnxImportOptions { MaxMessages = Count };
        long before = GC.GetAllocatedBytesForCurrentThread();
        var e = Assert.Throws<OnnxException>(() => OnnxModel.Load(file, options, "small"));
        Assert.Contains("small: it holds more messages and texts than the limit", e.Message, StringComparison.Ordinal);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 1 << 20);
    }

    [Fact]
    public void Graphs_inside_each_other_without_end_are_refused()
    {
        byte[] graph = [];
        // A node with an attribute that is a graph.
        for (int i = 0; i < 10_000; i++)
            graph = Nested(0x0A, Nested(0x2A, Nested(0x32, graph)));
        var e = Assert.Throws<OnnxException>(() => OnnxModel.Load(Nested(0x3A, graph), null, "deep"));
        Assert.StartsWith("deep: not an ONNX model, or damaged", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void External_data_in_a_folder_or_a_socket_are_refused_by_their_kind()
    {
        using var folder = new TemporaryFolder();
        Directory.CreateDirectory(folder.File("weights"));
        Assert.Contains("'weights' cannot be read", External(folder, "weights"), StringComparison.Ordinal);
        Assert.Contains("is a folder", External(folder, "weights"), StringComparison.Ordinal);
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows has no sockets among files.");
        using var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        socket.Bind(new UnixDomainSocketEndPoint(folder.File("s")));
        Assert.Contains("is a socket", External(folder, "s"), StringComparison.Ordinal);
    }

    [Fact(Timeout = 60_000)]
    public Task External_data_in_a_pipe_are_refused_without_waiting_for_it() =>
        Task.Run(() =>
        {
            Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows has no pipes among files.");
            using var folder = new TemporaryFolder();
            using (var made = Process.Start("mkfifo", folder.File("pipe")))
                made.WaitForExit();
            Assert.Contains("is a named pipe", External(folder, "pipe"), StringComparison.Ordinal);
        });

    private static string External(TemporaryFolder folder, string location)
    {
        ModelProto proto = NodeFiles.Model(13, [2], NodeFiles.Node("MatMul", "x w", "y")).With("w", [1f, 2], 2, 1);
        TensorProto tensor = proto.Graph.Initializer[0];
        tensor.FloatData.Clear();
        tensor.DataLocation = 1;
        tensor.ExternalData.Add(new StringStringEntryProto { Key = "location", Value = location });
        File.WriteAllBytes(folder.File("model.onnx"), proto.ToByteArray());
        return Assert.Throws<OnnxException>(() => OnnxModel.Load(folder.File("model.onnx"))).Message;
    }

    private static void Refused(Stream stream, string words, OnnxImportOptions options)
    {
        var e = Assert.Throws<OnnxException>(() => OnnxModel.Load(stream, options, "endless"));
        Assert.StartsWith("endless: ", e.Message, StringComparison.Ordinal);
        Assert.Contains(words, e.Message, StringComparison.Ordinal);
    }

    private static byte[] Nested(byte tag, byte[] inner) => [tag, .. Varint(inner.Length), .. inner];

    private static byte[] Varint(int value)
    {
        var bytes = new List<byte>();
        for (; value >= 0x80; value >>= 7)
            bytes.Add((byte)(value | 0x80));
        return [.. bytes, (byte)value];
    }
}
