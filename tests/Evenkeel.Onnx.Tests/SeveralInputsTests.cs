using Evenkeel.Execution;
using Evenkeel.Graphs;
using Evenkeel.Lowering;
using Evenkeel.Onnx.Messages;
using Evenkeel.Testing.Peers;

namespace Evenkeel.Onnx.Tests;

/// <summary>Networks that are fed several values per example, in files.</summary>
public sealed class SeveralInputsTests
{
    private const int Batch = 3;

    // An image, a row that is an output too, and one that nothing reads.
    private static readonly Graph Sample = WithIdle(
        Network
            .Input(4, 5, 3)
            .Conv2d(6, 3)
            .BatchNorm()
            .Relu()
            .GlobalAveragePool()
            .Concat("joined", _ => { }, b => b.Add(new Input(new Shape(7)), "row"))
            .Linear(2)
            .Build()
    );

    [Theory]
    [InlineData(BatchNormExport.Keep)]
    [InlineData(BatchNormExport.Fold)]
    [InlineData(BatchNormExport.Train)]
    public void Files_have_them_by_name_and_give_what_the_network_gives(BatchNormExport mode)
    {
        using var folder = new TemporaryFolder();
        string path = folder.File("m.onnx");
        using Model model = Samples.Model(Sample);
        var options = new OnnxExportOptions { BatchNorm = mode, InputName = "image" };
        OnnxExportResult result = OnnxExport.Save(model, path, options);
        Assert.Equal(["image", "row", "idle"], result.InputNames);
        Assert.InRange(result.LargestDifference, 0, 1e-6);
        Assert.Equal(
            ["image [batch, 3, 4, 5]", "row [batch, 7]", "idle [batch, 2]"],
            OnnxModel.ReadInputs(path).Select(i => $"{i}")
        );
        using OnnxModel read = OnnxModel.Load(path, new OnnxImportOptions { Statistics = OnnxStatistics.Stored });
        Assert.Equal("image", read.InputName);
        Assert.Equal(["image", "row"], read.Model.Graph.Inputs.Select(n => n.Name));
        Assert.Equal([new Shape(4, 5, 3), new Shape(7)], read.Model.Graph.Inputs.Select(n => n.Shape));
        Close(Run(model, Image, Row, Idle), Run(read.Model, Image, Row));
    }

    [Theory]
    [InlineData(BatchNormExport.Keep)]
    [InlineData(BatchNormExport.Fold)]
    public void ONNX_Runtime_gives_the_same(BatchNormExport mode)
    {
        Assert.SkipUnless(OnnxRuntimePeer.IsPresent, OnnxRuntimePeer.HowToGet);
        using var folder = new TemporaryFolder();
        using Model model = Samples.Model(Sample);
        OnnxExport.Save(model, folder.File("m.onnx"), new OnnxExportOptions { BatchNorm = mode });
        using var peer = new OnnxRuntimePeer(folder.File("m.onnx"));
        IReadOnlyDictionary<string, PeerArray> found = peer.Run(
            new Dictionary<string, PeerArray>
            {
                ["input"] = new([Batch, 3, 4, 5], ChannelOrder.ToFirst(Image, new Shape(4, 5, 3))),
                ["row"] = new([Batch, 7], Row),
                ["idle"] = new([Batch, 2], Idle),
            }
        );
        Close(Run(model, Image, Row, Idle), found["scores"].Values);
        Assert.Equal(Row, found["row_output"].Values);
    }

    [Fact]
    public void Names_must_differ()
    {
        using Model model = Samples.Model(Sample);
        var e = Assert.Throws<OnnxException>(() =>
            OnnxExport.Save(model, "never.onnx", new OnnxExportOptions { InputName = "row" })
        );
        Assert.Contains("Inputs and outputs need different names", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Every_input_that_stands_in_the_way_is_told()
    {
        ModelProto proto = NodeFiles.Model(13, [2], NodeFiles.Node("Sum", "x h k", "y"));
        proto.Graph.Input.AddRange([NodeFiles.Info("h", [-1, -1]), NodeFiles.Info("k", [4, 2])]);
        var e = Assert.Throws<OnnxException>(() => OnnxModel.Import(proto, "test"));
        Assert.Contains(
            "its inputs x [batch, 2], h [batch, batch], k [4, 2] differ in the first dimension, which must be the batch; "
                + "export it with the same batch for all; the input 'h' is [batch, batch]: give the open sizes as input shape h=1,SIZE",
            e.Message,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public void A_number_that_is_given_chooses_a_branch()
    {
        ModelProto proto = NodeFiles
            .Model(
                13,
                [2],
                NodeFiles.Node("Equal", "rate high", "is_high"),
                NodeFiles.Node("Where", "is_high a n", "y")
            )
            .With("high", 16000);
        proto.Graph.Node.Insert(0, NodeFiles.Node("Neg", "x", "n"));
        proto.Graph.Node.Insert(0, NodeFiles.Node("Abs", "x", "a"));
        ValueInfoProto rate = NodeFiles.Info("rate", [1]);
        rate.Type.TensorType.ElemType = (int)TensorType.Int64;
        proto.Graph.Input.Add(rate);
        foreach ((double value, float sign) in (ReadOnlySpan<(double, float)>)[(16000, 1), (8000, -1)])
        {
            var options = new OnnxImportOptions { InputValues = new Dictionary<string, double> { ["rate"] = value } };
            using OnnxModel model = OnnxModel.Import(proto, "test", null, options);
            Assert.Equal([3 * sign, 4 * sign], Run(model.Model, [3f, 4, 3, 4, 3, 4]).Take(2));
        }

        Refused("rate", 0.5, "the input 'rate [1]' takes whole numbers, not 0.5");
        Refused("x", 1, "the input 'x [batch, 2]' does not hold one number");
        Refused("sr", 1, "There is no input 'sr'; it has x, rate");

        void Refused(string name, double value, string message) =>
            Assert.Contains(
                message,
                Assert
                    .Throws<OnnxException>(() =>
                        OnnxModel.Import(
                            proto,
                            "test",
                            null,
                            new OnnxImportOptions { InputValues = new Dictionary<string, double> { [name] = value } }
                        )
                    )
                    .Message,
                StringComparison.Ordinal
            );
    }

    [Fact]
    public void States_may_have_their_batch_second()
    {
        // [layers, batch, units] beside [batch, units].
        ModelProto proto = NodeFiles
            .Model(13, [2], NodeFiles.Node("Gather", "state one", "s"), NodeFiles.Node("Add", "x s", "y"))
            .With("one", 1);
        proto.Graph.Initializer[0].Dims.Clear();
        proto.Graph.Input.Add(NodeFiles.Info("state", [3, -1, 2]));
        using OnnxModel model = OnnxModel.Import(proto, "test");
        // The model's state is [batch, units, layers].
        float[] states = ChannelOrder.ToLast([.. Enumerable.Range(0, 18).Select(i => (float)i)], new Shape(2, 3));
        Assert.Equal([2f, 3, 8, 9, 14, 15], Run(model.Model, new float[6], states));
        Assert.Contains("'state' has its batch in dimension 1", Assert.Single(model.Notes), StringComparison.Ordinal);
    }

    private static float[] Image => Values(60);

    private static float[] Row => Values(7);

    private static float[] Idle => Values(2);

    private static Graph WithIdle(Graph graph) =>
        new(
            [.. graph.Nodes, new Node("idle", new Input(new Shape(2)), [], new Shape(2))],
            [new GraphOutput(graph.OutputName, "scores"), new GraphOutput("row")]
        );

    private static float[] Values(int length) =>
        [.. Enumerable.Range(0, Batch * length).Select(i => MathF.Sin(0.7f * i))];

    private static float[] Run(Model model, params float[][] inputs)
    {
        using var device = Device.Cpu(1);
        using var executor = new Executor(model, new PlanOptions(PlanMode.Inference, Batch), device);
        executor.ForwardAll([.. inputs]);
        return executor.Output.ToArray();
    }

    private static void Close(float[] expected, float[] found)
    {
        Assert.Equal(expected.Length, found.Length);
        Assert.All(expected.Zip(found), p => Assert.InRange(p.First - p.Second, -1e-5f, 1e-5f));
    }
}
