using Evenkeel.Layers;
using Evenkeel.Onnx.Export;
using Evenkeel.Onnx.Messages;

namespace Evenkeel.Onnx.Tests;

/// <summary>Layers that files write out in many nodes are read as what they are, in every order of their products.</summary>
public sealed class WrittenOutTests
{
    private static readonly float[] X = [.. Enumerable.Range(1, 24).Select(i => (float)((i * 0.618 * 3 % 5) - 2.5))];

    public static TheoryData<string> Gates =>
        [
            "Mul x sum p|Mul p half y",
            "Mul half x p|Mul p sum y",
            "Mul half sum p|Mul x p y",
            "Mul sum half p|Mul p x y",
        ];

    [Theory]
    [MemberData(nameof(Gates))]
    public void Gelu_by_the_error_function(string gate)
    {
        ModelProto proto = Written($"Div x root z|Erf z e|Add e one sum|{gate}")
            .With("root", [1.4142135f])
            .With("one", [1f], 1)
            .With("half", [0.5f]);
        Check<Gelu>(proto);
    }

    [Theory]
    [MemberData(nameof(Gates))]
    public void Gelu_by_a_tangent(string gate)
    {
        ModelProto proto = Written($"Pow x three c|Mul c small d|Add x d s|Mul slope s u|Tanh u e|Add one e sum|{gate}")
            .With("three", [3f])
            .With("small", [0.044715f])
            .With("slope", [0.7978846f])
            .With("one", [1f])
            .With("half", [0.5f]);
        Check<GeluTanh>(proto);
    }

    [Theory]
    [InlineData("Pow d two q", "Sqrt a s|Div d s y")]
    [InlineData("Mul d d q", "Sqrt a s|Reciprocal s r|Mul d r y")]
    [InlineData("Mul d d q", "Pow a minus r|Mul d r y")]
    [InlineData("Pow d two q", "Sqrt a s|Div d s n|Mul n gamma g|Add g beta y")]
    public void Layer_normalisation(string square, string quotient)
    {
        ModelProto proto = Written(
                $"ReduceMean x m|Sub x m d|{square}|ReduceMean q v|Add v eps a|{quotient}",
                NodeExport.Attribute("axes", [1])
            )
            .With("two", [2f])
            .With("minus", [-0.5f])
            .With("eps", [0.01f])
            .With("gamma", [1.5f, -0.5f, 2], 3, 1, 1)
            .With("beta", [0.25f, 1, -1], 3, 1, 1);
        Check<LayerNorm>(proto);
    }

    // The gate is read elsewhere, so it stays; so does everything where a number is another.
    [Theory]
    [InlineData("Div x root z|Erf z e|Add e one sum|Mul x sum p|Mul p half h|Add h sum y", 1.4142135f, true)]
    [InlineData("Div x root z|Erf z e|Add e one sum|Mul x sum p|Mul p half y", 1.5f, false)]
    public void What_is_read_elsewhere_or_another_function_stays(string nodes, float root, bool found)
    {
        ModelProto proto = Written(nodes).With("root", [root]).With("one", [1f], 1).With("half", [0.5f]);
        using OnnxModel model = OnnxModel.Import(proto, "test");
        Assert.Equal(found, model.Model.Graph.Nodes.Any(n => n.Layer is Gelu));
        Assert.Contains(model.Model.Graph.Nodes, n => n.Layer is Erf);
        Compare(proto);
    }

    [Theory]
    [InlineData(13)]
    [InlineData(17)]
    [InlineData(21)]
    public void What_is_written_for_any_version_is_read_as_it_was(int opset)
    {
        using var folder = new TemporaryFolder();
        using Model model = Samples.Model(
            Network
                .Input(4, 6)
                .Add(new LayerNorm { Epsilon = 0.01f })
                .Add(new Gelu())
                .Linear(5)
                .Add(new GeluTanh())
                .Add(new LayerNorm())
                .Build()
        );
        OnnxExport.Save(model, folder.File("m.onnx"), new OnnxExportOptions { Opset = opset });
        using OnnxModel read = OnnxModel.Load(folder.File("m.onnx"));
        Assert.Equal(
            model.Graph.Nodes.Skip(1).Select(n => n.Layer.GetType()),
            read.Model.Graph.Nodes.Skip(1).Select(n => n.Layer.GetType()).Where(t => t != typeof(Permute))
        );
        Assert.Equal(model.Floats("layernorm1.weight").ToArray(), read.Model.Floats("layernorm1.weight").ToArray());
    }

    private static ModelProto Written(string nodes, params AttributeProto[] ofReductions) =>
        NodeFiles.Model(
            13,
            [3, 4, 2],
            [
                .. nodes
                    .Split('|')
                    .Select(n => n.Split(' '))
                    .Select(n =>
                        NodeFiles.Node(
                            n[0],
                            string.Join(' ', n[1..^1]),
                            n[^1],
                            n[0] == "ReduceMean" ? ofReductions : []
                        )
                    ),
            ]
        );

    private static void Check<TLayer>(ModelProto proto)
    {
        using OnnxModel model = OnnxModel.Import(proto, "test");
        Assert.IsType<TLayer>(Assert.Single(model.Model.Graph.Nodes.Skip(1)).Layer);
        Compare(proto);
    }

    // Computed node by node in double precision; a few roundings of numbers below 10.
    private static void Compare(ModelProto proto)
    {
        double[] expected = WrittenReference.Run(proto, X, channels: 3);
        using OnnxModel model = OnnxModel.Import(proto, "test");
        using var predictor = new Predictor(model.Model);
        float[] found = ChannelOrder.ToFirst(
            predictor.Predict(ChannelOrder.ToLast(X, predictor.InputShape)),
            model.Model.Graph.Output.Shape
        );
        for (int i = 0; i < X.Length; i++)
            Assert.Equal(expected[i], found[i], 4e-6);
    }
}
