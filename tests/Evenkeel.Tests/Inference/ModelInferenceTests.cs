using Evenkeel.Data;
using Evenkeel.Graphs;
using Evenkeel.Layers;

namespace Evenkeel.Tests.Inference;

public sealed class ModelInferenceTests
{
    private static readonly InMemoryDataset Data = Digits.GenerateTest(20);

    public static TheoryData<Layer?> Ends => [new TheoryDataRow<Layer?>(null), new Softmax(), new LogSoftmax()];

    [Theory]
    [MemberData(nameof(Ends))]
    public void A_class_and_its_probability_whatever_ends_the_network(Layer? end)
    {
        Network network = Network.Input(784).Linear(10);
        if (end is not null)
            network.Add(end);
        using Model model = Model.Create(network, seed: 3);
        using Predictor predictor = model.CreatePredictor();
        using Model plain = Model.Create(Network.Input(784).Linear(10), seed: 3);
        using Predictor scores = plain.CreatePredictor();
        for (int i = 0; i < Data.Count; i++)
        {
            float[] example = Data.Inputs(i);
            double[] e = [.. scores.Predict(example).Select(s => Math.Exp(s))];
            Classification found = predictor.Classify(example);
            Assert.Equal(Array.IndexOf(e, e.Max()), found.Class);
            // The network's own softmax is in float32.
            Assert.Equal(e.Max() / e.Sum(), found.Probability, 1e-6);
        }
    }

    [Fact]
    public void Anything_but_one_example_is_refused()
    {
        using Model model = Model.Create(Network.Input(784).Linear(10), seed: 3);
        using Predictor predictor = model.CreatePredictor();
        var error = Assert.Throws<ArgumentException>(() => predictor.Classify(new float[2 * 784]));
        Assert.StartsWith(
            "An example of this network has 784 values, not 1568.",
            error.Message,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public void It_reads_as_a_line() => Assert.Equal("class 7 (91.2 %)", new Classification(7, 0.9123).ToString());
}
