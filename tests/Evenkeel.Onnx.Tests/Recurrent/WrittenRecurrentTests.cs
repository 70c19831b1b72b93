using Evenkeel.Networks;

namespace Evenkeel.Onnx.Tests.Recurrent;

/// <summary>Recurrent layers of a network, written out and read back.</summary>
public sealed class WrittenRecurrentTests
{
    [Theory]
    [InlineData("lstm")]
    [InlineData("gru")]
    [InlineData("rnn")]
    public void Padding_and_a_learned_start_are_kept(string kind)
    {
        var options = new RecurrentOptions
        {
            TrainStart = true,
            Masked = true,
            Direction = RecurrentDirection.Both,
            BatchNorm = new RecurrentBatchNorm(),
        };
        Network input = Network.Input(3, 4);
        Graph graph = kind switch
        {
            "lstm" => input.Lstm(4, options).Linear(3),
            "gru" => input.Gru(4, options).Linear(3),
            _ => input.Rnn(4, options).Linear(3),
        };
        using Model model = RandomModel.Of(graph, 5);
        var random = new Random(2);
        float[] inputs = [.. Enumerable.Range(0, 5 * 3 * 4).Select(i => (2 * random.NextSingle()) - 1)];
        // The steps of each sequence are one more than those of the one before, up to three.
        for (int row = 0; row < 5 * 3; row++)
            inputs[(row * 4) + 3] = row % 3 <= row / 3 ? 1 : 0;
        using var folder = new TemporaryFolder();
        string path = folder.File("network.onnx");
        OnnxExport.Save(model, path);
        using OnnxModel read = OnnxModel.Load(path);
        using var written = new Predictor(model, threads: 1);
        using var found = new Predictor(read.Model, threads: 1);
        float[] expected = written.Predict(inputs),
            actual = found.Predict(inputs);
        // Sums in another order, through three steps.
        for (int i = 0; i < expected.Length; i++)
            Assert.Equal(expected[i], actual[i], 2e-6);
        model.Floats($"{kind}1.forward.start.value").Clear();
        using var without = new Predictor(model, threads: 1);
        Assert.NotEqual(expected, without.Predict(inputs));
    }
}
