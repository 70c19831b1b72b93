using Evenkeel.Layers;
using Evenkeel.Tests.Reference;
using Evenkeel.Tests.Rewrites;

namespace Evenkeel.Tests.Serialization;

/// <summary>Files with and without a bias in front of batch normalisation are those of networks with and without it.</summary>
public sealed class BiasBeforeBatchNormTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    public static TheoryData<StatisticsSource, bool> Norms =>
        new()
        {
            { StatisticsSource.Batch, false },
            { StatisticsSource.Running, false },
            { StatisticsSource.Batch, true },
        };

    private static Graph Net(bool bias, StatisticsSource source = StatisticsSource.Batch, bool perActivation = false) =>
        HandBuilt.Graph(
            [4, 4, 2],
            [
                ("conv", new Conv2d(3, Window.Square(3, 1, 1), bias), ["input"]),
                ("bn", RuleCases.Norm with { NormalizeWith = source, PerActivation = perActivation }, ["conv"]),
                ("relu", new Relu(), ["bn"]),
                ("fc", new Linear(2), ["relu"]),
            ]
        );

    [Theory]
    [MemberData(nameof(Norms))]
    public void A_bias_that_the_network_lacks_goes_into_the_running_mean(StatisticsSource source, bool perActivation)
    {
        using Model model = Samples.Model(Net(true, source, perActivation));
        string path = Save(model);
        using Model loaded = ModelFile.Load(path, Net(false, source, perActivation));
        using Model into = Model.Create(Net(false, source, perActivation), 9);
        ModelFile.LoadInto(into, path);
        Assert.All((Model[])[loaded, into], m => AssertSame(model, m));
        Assert.Equal(
            "The file has a bias before batch normalisation where the network has none; it was subtracted from the running mean: "
                + "'conv.bias' from 'bn'.",
            Assert.Single(loaded.Notes)
        );
    }

    [Theory]
    [MemberData(nameof(Norms))]
    public void A_bias_that_the_file_lacks_is_0(StatisticsSource source, bool perActivation)
    {
        using Model model = Samples.Model(Net(false, source, perActivation));
        string path = Save(model);
        using Model loaded = ModelFile.Load(path, Net(true, source, perActivation));
        using Model into = Samples.Model(Net(true, source, perActivation), seed: 4);
        ModelFile.LoadInto(into, path);
        Assert.All((Model[])[loaded, into], m => AssertSame(model, m));
        Assert.Contains("it was set to 0: conv.bias", Assert.Single(loaded.Notes), StringComparison.Ordinal);
    }

    [Fact]
    public void A_bias_that_nothing_cancels_belongs_to_another_network()
    {
        static Graph Plain(bool bias) => Network.Input(3).Linear(4, bias, name: "l").Relu().Build();
        using Model with = Samples.Model(Plain(true)),
            without = Samples.Model(Plain(false));
        string biased = Save(with);
        var error = Assert.Throws<ModelFileException>(() => ModelFile.Load(biased, Plain(false)));
        Assert.Contains("'l.bias', which the network does not have", error.Message, StringComparison.Ordinal);
        string unbiased = Save(without);
        error = Assert.Throws<ModelFileException>(() => ModelFile.Load(unbiased, Plain(true)));
        Assert.Contains("it has no 'l.bias' [4]", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_missing_tensor_has_its_shape_in_the_order_of_the_file()
    {
        using Model other = Samples.Model(Network.Input(4, 4, 2).Conv2d(3, 1, bias: false, name: "b").Build());
        string path = Save(other);
        Graph graph = Network.Input(4, 4, 2).Conv2d(6, 3, bias: false, name: "a").Build();
        var error = Assert.Throws<ModelFileException>(() => ModelFile.Load(path, graph));
        Assert.Contains(
            "it has no 'a.weight' [6, 2, 3, 3], which the network needs",
            error.Message,
            StringComparison.Ordinal
        );
    }

    private string Save(Model model)
    {
        string path = _folder.File("model.safetensors");
        ModelFile.Save(model, path);
        return path;
    }

    private static void AssertSame(Model expected, Model actual)
    {
        float[] inputs = Samples.Floats(3 * expected.Graph.Input.Shape.Count, 7);
        using Predictor one = new(expected),
            other = new(actual);
        // One rounding of a mean of order 1, behind a deviation of order 1 and a layer of 48 inputs.
        Close.Absolute(Array.ConvertAll(one.Predict(inputs), v => (double)v), other.Predict(inputs), 4e-6, "outputs");
    }
}
