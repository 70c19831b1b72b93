using Evenkeel.Onnx.Messages;
using Google.Protobuf;

namespace Evenkeel.Onnx.Tests;

/// <summary>Files that are damaged, or that ask for more than they may.</summary>
public sealed class DamageTests
{
    [Fact]
    public void A_file_cut_anywhere_is_refused_with_its_name()
    {
        using var folder = new TemporaryFolder();
        string file = folder.File("model.onnx");
        using (Model model = Samples.Model(Network.Input(4).Linear(3).BatchNorm().Relu().Build()))
            OnnxExport.Save(model, file);
        byte[] whole = File.ReadAllBytes(file);
        for (int length = 0; length < whole.Length; length += 7)
        {
            string part = folder.File("part.onnx");
            File.WriteAllBytes(part, whole[..length]);
            OnnxException e = Assert.Throws<OnnxException>(() => OnnxModel.Load(part).Dispose());
            Assert.StartsWith(part, e.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void A_changed_byte_is_an_error_or_a_model_but_nothing_else()
    {
        using var folder = new TemporaryFolder();
        string file = folder.File("model.onnx");
        using (Model model = Samples.Model(Network.Input(5, 5, 2).Conv2d(3, 3).BatchNorm().Flatten().Linear(2).Build()))
            OnnxExport.Save(model, file);
        byte[] whole = File.ReadAllBytes(file);
        var random = new Random(3);
        int refused = 0;
        for (int i = 0; i < 1500; i++)
        {
            byte[] changed = [.. whole];
            changed[random.Next(changed.Length)] = (byte)random.Next(256);
            try
            {
                var proto = ModelProto.Parser.ParseFrom(changed);
                if (proto.Graph is not null)
                    OnnxModel.Import(proto, "changed").Dispose();
            }
            catch (Exception e) when (e is OnnxException or InvalidProtocolBufferException)
            {
                refused++;
            }
        }

        Assert.InRange(refused, 1, 1500);
    }

    [Fact]
    public void No_file_and_a_large_file_are_told()
    {
        using var folder = new TemporaryFolder();
        Assert.Contains(
            "cannot be read",
            Assert.Throws<OnnxException>(() => OnnxModel.Load(folder.File("none.onnx"))).Message,
            StringComparison.Ordinal
        );
        File.WriteAllBytes(folder.File("big.onnx"), new byte[100]);
        OnnxException e = Assert.Throws<OnnxException>(() =>
            OnnxModel.Load(folder.File("big.onnx"), new OnnxImportOptions { MaxFileBytes = 99 })
        );
        Assert.Contains("limit of 99", e.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("../secret.bin", "outside the model's folder")]
    [InlineData("/etc/hostname", "outside the model's folder")]
    [InlineData("link.bin", "outside the model's folder")]
    [InlineData("weights.bin", "which has 12 bytes")]
    [InlineData("none.bin", "cannot be read")]
    public void External_data_stay_in_the_folder_and_the_file(string location, string message)
    {
        using var outside = new TemporaryFolder();
        using var folder = new TemporaryFolder();
        File.WriteAllBytes(outside.File("secret.bin"), new byte[64]);
        File.WriteAllBytes(folder.File("weights.bin"), new byte[12]);
        File.CreateSymbolicLink(folder.File("link.bin"), outside.File("secret.bin"));
        OnnxException e = Refused(folder, External(location, 0));
        Assert.Contains(message, e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void External_data_are_read_from_where_they_lie()
    {
        using var folder = new TemporaryFolder();
        File.WriteAllBytes(
            folder.File("weights.bin"),
            [
                .. new byte[8],
                .. BitConverter.GetBytes(2f),
                .. BitConverter.GetBytes(3f),
                .. BitConverter.GetBytes(4f),
                .. BitConverter.GetBytes(5f),
            ]
        );
        string file = folder.File("model.onnx");
        File.WriteAllBytes(file, External("weights.bin", 8).ToByteArray());
        using OnnxModel model = OnnxModel.Load(file);
        using var predictor = new Predictor(model.Model);
        Assert.Equal([2f * 1 + 4f * 10, 3f * 1 + 5f * 10], predictor.Predict([1f, 10f]));
    }

    [Theory]
    [InlineData(long.MaxValue, 2)]
    [InlineData(1L << 33, 1L << 33)]
    [InlineData(-1, 2)]
    [InlineData(3, 2)]
    public void Shapes_that_the_values_do_not_fill_are_refused(long rows, long columns)
    {
        ModelProto proto = Product().With("w", [1, 2, 3, 4], 2, 2);
        proto.Graph.Initializer[0].Dims.Clear();
        proto.Graph.Initializer[0].Dims.AddRange([rows, columns]);
        Assert.Throws<OnnxException>(() => OnnxModel.Import(proto, "test"));
    }

    [Fact]
    public void Doubling_again_and_again_meets_a_limit()
    {
        NodeProto[] nodes =
        [
            .. Enumerable
                .Range(0, 40)
                .Select(i => NodeFiles.Node("Concat", $"v{i} v{i}", $"v{i + 1}", NodeFiles.Set("axis", 1))),
        ];
        nodes[0].Input.Clear();
        nodes[0].Input.AddRange(["x", "x"]);
        nodes[^1].Output[0] = "y";
        Assert.Throws<OnnxException>(() => OnnxModel.Import(NodeFiles.Model(13, [64], nodes), "test"));
    }

    [Fact]
    public void Constants_do_not_grow_beyond_the_limit()
    {
        ModelProto proto = NodeFiles
            .Model(13, [2], NodeFiles.Node("ConstantOfShape", "s", "c"), NodeFiles.Node("Add", "x c", "y"))
            .With("s", 30_000, 30_000);
        OnnxException e = Assert.Throws<OnnxException>(() => OnnxModel.Import(proto, "test"));
        Assert.Contains("above the limit", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Reading_what_nothing_makes_and_making_a_value_twice_are_errors()
    {
        Assert.Contains(
            "'q' is read before",
            Assert
                .Throws<OnnxException>(() =>
                    OnnxModel.Import(NodeFiles.Model(13, [2], NodeFiles.Node("Add", "x q", "y")), "t")
                )
                .Message,
            StringComparison.Ordinal
        );
        NodeProto relu = NodeFiles.Node("Relu", "x", "y");
        Assert.Contains(
            "is the output of two nodes",
            Assert
                .Throws<OnnxException>(() => OnnxModel.Import(NodeFiles.Model(13, [2], relu, relu.Clone()), "t"))
                .Message,
            StringComparison.Ordinal
        );
    }

    private static ModelProto Product() => NodeFiles.Model(13, [2], NodeFiles.Node("MatMul", "x w", "y"));

    private static ModelProto External(string location, long offset)
    {
        ModelProto proto = Product();
        var tensor = new TensorProto
        {
            Name = "w",
            DataType = (int)TensorType.Float,
            DataLocation = 1,
        };
        tensor.Dims.AddRange([2L, 2L]);
        tensor.ExternalData.Add(new StringStringEntryProto { Key = "location", Value = location });
        tensor.ExternalData.Add(new StringStringEntryProto { Key = "offset", Value = $"{offset}" });
        proto.Graph.Initializer.Add(tensor);
        return proto;
    }

    private static OnnxException Refused(TemporaryFolder folder, ModelProto proto)
    {
        string file = folder.File("model.onnx");
        File.WriteAllBytes(file, proto.ToByteArray());
        return Assert.Throws<OnnxException>(() => OnnxModel.Load(file));
    }
}
