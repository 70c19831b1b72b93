using Evenkeel.Graphs;
using Evenkeel.Onnx.Messages;
using Evenkeel.Testing.Peers;
using Google.Protobuf;

namespace Evenkeel.Onnx.Tests;

/// <summary>Every layer and every operator of few values beside ONNX Runtime.</summary>
public sealed class LayersInOnnxRuntimeTests
{
    private static readonly float[] Special =
    [
        0f,
        -0f,
        1f,
        -1f,
        0.5f,
        -2.5f,
        3f,
        1e-30f,
        -1e30f,
        float.PositiveInfinity,
        float.NegativeInfinity,
        float.NaN,
    ];

    public static TheoryData<string> Operators =>
        [
            "Sqrt x y",
            "Reciprocal x y",
            "Exp x y",
            "Log x y",
            "Abs x y",
            "Erf x y",
            "Max x c y",
            "Min x c y",
            "Max x n y",
            "Min x n y",
            "Clip x minus c y",
            "Pow x c y",
            "Pow x half y",
            "Pow x minus y",
            "Pow c x y",
            "Pow x n y",
            "Div c x y",
        ];

    [Theory]
    [InlineData(13)]
    [InlineData(17)]
    [InlineData(21)]
    public void Every_layer_gives_what_we_give(int opset)
    {
        Shape shape = AllLayers.Graph.Input.Shape;
        float[] inputs = [.. Enumerable.Range(0, 2 * shape.Count).Select(i => MathF.Sin(0.7f * i))];
        var x = new PeerArray([2, shape.Channels, .. shape.Dimensions[..^1]], ChannelOrder.ToFirst(inputs, shape));
        Node[] layers = [.. AllLayers.Graph.Nodes.Skip(1)];
        using var folder = new TemporaryFolder();
        string path = folder.File("layers.onnx");
        using Model all = Samples.Model(
            new Graph(AllLayers.Graph.Nodes, layers.Select(n => new GraphOutput(n.Name, $"{n.Name}_output")))
        );
        OnnxExport.Save(all, path, new OnnxExportOptions { Opset = opset });
        IReadOnlyDictionary<string, PeerArray> found = Run(path, x);
        foreach (Node node in layers)
        {
            using Model model = Samples.Model(new Graph(AllLayers.Graph.Nodes, node.Name));
            using var predictor = new Predictor(model, maxBatch: 2, threads: 1);
            float[] expected = ChannelOrder.ToFirst(predictor.Predict(inputs), node.Shape);
            // Float32 in another order through up to a hundred layers, relative to the largest output.
            double tolerance = 1e-5 * Math.Max(1, expected.Max(Math.Abs)),
                worst = expected.Zip(found[$"{node.Name}_output"].Values, (a, b) => Math.Abs((double)a - b)).Max();
            Assert.True(worst <= tolerance, $"{node.Name}: {worst}");
        }
    }

    [Theory]
    [MemberData(nameof(Operators))]
    public void Zeros_infinities_and_NaN_are_the_same(string operation)
    {
        string[] words = operation.Split(' ');
        ModelProto proto = NodeFiles
            .Model(
                13,
                [Special.Length],
                NodeFiles.Node("Neg", "x", "n"),
                NodeFiles.Node(words[0], string.Join(' ', words[1..^1]), "y")
            )
            .With("c", [2f])
            .With("half", [0.5f])
            .With("minus", [-1f]);
        using var folder = new TemporaryFolder();
        string path = folder.File("node.onnx");
        File.WriteAllBytes(path, proto.ToByteArray());
        float[] expected = Run(path, new PeerArray([1, Special.Length], Special)).Values.Single().Values;
        using OnnxModel model = OnnxModel.Load(path);
        using var predictor = new Predictor(model.Model);
        float[] found = predictor.Predict(Special);
        for (int i = 0; i < Special.Length; i++)
        {
            // The root of minus infinity is NaN here, as of every other number below 0; as a power it is infinity there.
            if (operation != "Pow x half y" || Special[i] != float.NegativeInfinity)
                Assert.Equal(expected[i], found[i], 1e-6f * (1 + Magnitude(expected[i])));
        }
    }

    private static float Magnitude(float value) => float.IsFinite(value) ? Math.Abs(value) : 0;

    private static IReadOnlyDictionary<string, PeerArray> Run(string path, PeerArray input)
    {
        Assert.SkipUnless(OnnxRuntimePeer.IsPresent, OnnxRuntimePeer.HowToGet);
        using var peer = new OnnxRuntimePeer(path);
        return peer.Run(input);
    }
}
