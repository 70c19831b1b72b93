using Evenkeel.Graphs;
using Evenkeel.Layers;
using Evenkeel.Tests.Reference;
using Evenkeel.Tests.Rewrites;

namespace Evenkeel.Tests.Serialization;

/// <summary>Whatever is written is read, and written again as the same bytes; what could not be read is not written.</summary>
public sealed class SavedModelTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    private static readonly Dictionary<string, Graph> Networks = new()
    {
        ["every layer"] = EveryLayer.Graph,
        ["outputs"] = new Graph(
            EveryLayer.Graph.Nodes,
            [new GraphOutput("v", "scores"), new GraphOutput("input"), new("t", "b")]
        ),
        ["input by another name"] = Renamed(),
        ["layers by number"] = HandBuilt.Graph([3], [("10", new Linear(4), ["input"]), ("2", new Linear(4), ["10"])]),
        ["optimizer"] = HandBuilt.Graph(
            [3],
            [("optimizer", new Linear(4), ["input"]), ("optimizer.a", RuleCases.Norm, ["optimizer"])]
        ),
        ["letters"] = Network.Input(3).Linear(2, name: "größe \"1\"/\n").Build(),
        ["modules"] = ImageNetworks.Module(2, batchNorm: true),
    };

    public void Dispose() => _folder.Dispose();

    public static TheoryData<string> Names => [.. Networks.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public void What_is_saved_is_read_and_saved_as_the_same_bytes(string name)
    {
        using Model model = Samples.Model(Networks[name]);
        model.AddNote("Something was assumed.");
        ModelFile.Save(model, _folder.File("a"), new Dictionary<string, string> { ["maker"] = "somebody" });
        using Model read = ModelFile.Load(_folder.File("a"));
        Assert.Equal(model.Graph.Nodes.AsEnumerable(), read.Graph.Nodes.AsEnumerable());
        Assert.Equal(model.Graph.Results.AsEnumerable(), read.Graph.Results.AsEnumerable());
        Assert.Equal(Samples.Bytes(model), Samples.Bytes(read));
        ModelFile.Save(read, _folder.File("b"), new Dictionary<string, string> { ["maker"] = "somebody" });
        Assert.Equal(File.ReadAllBytes(_folder.File("a")), File.ReadAllBytes(_folder.File("b")));
    }

    [Fact]
    public void A_network_that_its_file_would_not_say_all_of_is_not_written()
    {
        using Model model = Samples.Model(HandBuilt.Graph([2], [("own", new Own(), ["input"])]));
        var error = Assert.Throws<ModelFileException>(() => ModelFile.Save(model, _folder.File("a")));
        Assert.Contains("cannot describe layer 'own' completely", error.Message, StringComparison.Ordinal);
        using Model odd = Samples.Model(
            Network.Input(2).Linear(3, initializer: new NormalInitializer(double.NaN)).Build()
        );
        Assert.Throws<ModelFileException>(() => ModelFile.Save(odd, _folder.File("a")));
        Assert.False(File.Exists(_folder.File("a")));
    }

    // Of a kind that the format reads as another layer.
    private sealed record Own() : Layer("relu")
    {
        public override Shape InferShape(ReadOnlySpan<Shape> inputs) => inputs[0];
    }

    private static Graph Renamed()
    {
        var shape = new Shape(5);
        return new Graph([new("x:0", new Input(shape), [], shape), new("relu", new Relu(), ["x:0"], shape)], "relu");
    }
}
