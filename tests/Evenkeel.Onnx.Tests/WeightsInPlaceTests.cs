using Evenkeel.Onnx.Files;
using Evenkeel.Onnx.Messages;
using Google.Protobuf;

namespace Evenkeel.Onnx.Tests;

public sealed class WeightsInPlaceTests
{
    // A group begins and ends; the format does not use them, but the parser passes over them.
    private static readonly byte[] _group = [0xFB, 0x06, 0xFC, 0x06];

    [Fact]
    public void A_file_is_read_without_a_copy_of_its_weights()
    {
        byte[] file = Bytes(Model(new byte[1 << 22]));
        var options = new OnnxImportOptions();
        ModelReader.Parse(file, "model", options);
        long before = GC.GetAllocatedBytesForCurrentThread();
        ModelProto read = ModelReader.Parse(file, "model", options);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 1 << 16);
        Assert.True(read.Graph.Initializer[0].RawData.Span.Overlaps(file));
    }

    [Fact]
    public void Each_tensor_gets_its_own_bytes()
    {
        var random = new Random(1);
        for (int tensors = 0; tensors < 20; tensors++)
        {
            byte[]?[] weights =
            [
                .. Enumerable.Range(0, tensors).Select(i => random.Next(4) == 0 ? null : new byte[random.Next(300)]),
            ];
            foreach (byte[]? bytes in weights)
                random.NextBytes(bytes ?? []);
            ModelProto model = Model(weights);
            Assert.Equal(model, ModelReader.Parse(Bytes(model), "model", new OnnxImportOptions()));
        }
    }

    [Fact]
    public void Parts_of_one_graph_are_put_together()
    {
        (ModelProto first, ModelProto second) = (Model([1, 2], null), Model([3]));
        byte[] file = [.. Bytes(first), .. Bytes(second)];
        Assert.Equal(ModelProto.Parser.ParseFrom(file), ModelReader.Parse(file, "model", new OnnxImportOptions()));
    }

    [Fact]
    public void Bytes_that_are_given_twice_count_the_last_time()
    {
        byte[] raw = [(TensorProto.RawDataFieldNumber << 3) | WireNumber.HasLength, 2];
        byte[] tensor = [.. raw, 1, 2, .. raw, 3, 4],
            graph = [(GraphProto.InitializerFieldNumber << 3) | WireNumber.HasLength, (byte)tensor.Length, .. tensor];
        byte[] file = [(ModelProto.GraphFieldNumber << 3) | WireNumber.HasLength, (byte)graph.Length, .. graph];
        ModelProto read = ModelReader.Parse(file, "model", new OnnxImportOptions());
        Assert.Equal([3, 4], read.Graph.Initializer[0].RawData.ToByteArray());
    }

    [Fact]
    public void A_file_with_fields_of_an_old_kind_is_read_whole()
    {
        ModelProto model = Model([1, 2, 3, 4], null);
        byte[][] files =
        [
            [.. _group, .. Bytes(model)],
            [.. Bytes(model), .. _group],
        ];
        foreach (byte[] file in files)
        {
            Assert.Equal(model, ModelReader.Parse(file, "model", new OnnxImportOptions()));
            Assert.True(new WeightsInPlace(file).Rest == file);
        }
    }

    private static byte[] Bytes(ModelProto model) => model.ToByteArray();

    private static ModelProto Model(params byte[]?[] weights)
    {
        var model = new ModelProto { Graph = new GraphProto { Name = "graph" } };
        foreach (byte[]? bytes in weights)
        {
            var tensor = new TensorProto { Name = $"w{model.Graph.Initializer.Count}" };
            if (bytes is not null)
                tensor.RawData = ByteString.CopyFrom(bytes);
            else
                tensor.FloatData.Add(1);
            model.Graph.Initializer.Add(tensor);
        }

        return model;
    }
}
