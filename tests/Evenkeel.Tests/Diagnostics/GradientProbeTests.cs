using Evenkeel.Diagnostics;
using Evenkeel.Graphs;
using Evenkeel.Networks;

namespace Evenkeel.Tests.Diagnostics;

public sealed class GradientProbeTests
{
    private const int Examples = 9;

    private static readonly ArrayDataset Data = Made();

    // 24 bits of a float, through two products of 5 terms: 1e-6 of the value is a dozen roundings.
    private const double Tolerance = 1e-6;

    [Fact]
    public void The_norm_is_that_of_the_loss_gradient_sent_back_through_the_layers_behind()
    {
        using Model model = Model.Create(Network.Input(4).Linear(5).Tanh().Linear(3).Build(), 1);
        using var probe = new GradientProbe(model, Data, ["tanh1", "linear2"]);
        double[] norms = probe.Run();
        float[] logits = new float[Examples * 3];
        using (Predictor predictor = model.CreatePredictor())
            predictor.Predict([.. Enumerable.Range(0, Examples).SelectMany(i => Data.Inputs(i))], logits);
        double[] atLogits = new double[logits.Length],
            atHidden = new double[Examples * 5];
        for (int row = 0; row < Examples; row++)
        {
            double[] e = [.. Enumerable.Range(0, 3).Select(k => Math.Exp(logits[(row * 3) + k]))];
            for (int k = 0; k < 3; k++)
            {
                double d = ((e[k] / e.Sum()) - (Data.Label(row) == k ? 1 : 0)) / Examples;
                atLogits[(row * 3) + k] = d;
                for (int h = 0; h < 5; h++)
                    atHidden[(row * 5) + h] += d * model.Floats("linear2.weight")[(h * 3) + k];
            }
        }

        Near(Norm(atHidden), norms[0]);
        Near(Norm(atLogits), norms[1]);
    }

    // h' = tanh(small + h / 2): where states are small, each step back halves the gradient.
    [Fact]
    public void Over_time_it_shrinks_with_the_hidden_weights()
    {
        const int Steps = 30;
        var options = new RecurrentOptions
        {
            Sequence = false,
            InputInitializer = new NormalInitializer(1e-4),
            HiddenInitializer = new IdentityInitializer(0.5),
        };
        using Model model = Model.Create(Network.Input(Steps, 4).Rnn(16, options).Linear(3).Build(), 1);
        var random = new Random(2);
        var data = new ArrayDataset(
            "noise",
            [.. Enumerable.Range(0, 40 * Steps * 4).Select(_ => random.NextSingle() - 0.5f)],
            [.. Enumerable.Range(0, 40).Select(i => i % 3)],
            [Steps, 4],
            3
        );
        using var probe = new GradientProbe(model, data, ["rnn1.state.0", $"rnn1.state.{Steps - 1}"]);
        double[] norms = probe.Run();
        Near(Math.Pow(0.5, Steps - 1), norms[0] / norms[1]);
    }

    [Fact]
    public void A_layer_that_nothing_before_learns_has_no_gradient()
    {
        using Model model = Model.Create(Network.Input(4).Sigmoid().Linear(3).Build(), 1);
        using var probe = new GradientProbe(model, Data, ["sigmoid1"]);
        var error = Assert.Throws<GraphException>(() => probe.Run());
        Assert.Contains("'sigmoid1'", error.Message);
    }

    private static void Near(double expected, double actual) =>
        Assert.InRange(actual, expected * (1 - Tolerance), expected * (1 + Tolerance));

    private static double Norm(double[] values) => Math.Sqrt(values.Sum(v => v * v));

    private static ArrayDataset Made()
    {
        var random = new Random(1);
        return new ArrayDataset(
            "made up",
            [.. Enumerable.Range(0, Examples * 4).Select(_ => random.NextSingle() - 0.5f)],
            [.. Enumerable.Range(0, Examples).Select(i => i % 3)],
            [4],
            3
        );
    }
}
