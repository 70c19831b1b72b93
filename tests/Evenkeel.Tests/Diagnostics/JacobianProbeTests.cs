using System.Collections.Immutable;
using Evenkeel.Diagnostics;
using Evenkeel.Diagnostics.Jacobians;
using Evenkeel.Graphs;
using Evenkeel.Layers;
using Evenkeel.Lowering;

namespace Evenkeel.Tests.Diagnostics;

public sealed class JacobianProbeTests
{
    // A step of 2^-12 is exact in the floats that are fed; differences then err by its square, 6e-8, times a third derivative of a few units.
    private const double Step = 1.0 / 4096;
    private const double DifferenceTolerance = 1e-6;

    // Two products of a dozen terms in floats, 6e-8 each, of the largest value.
    private const double FloatTolerance = 1e-5;

    private static readonly JacobianOptions WholeBatch = new() { Statistics = JacobianStatistics.Batch };

    [Fact]
    public void That_of_the_whole_batch_is_the_derivative_with_the_statistics_moving()
    {
        var random = new Random(1);
        for (int trial = 0; trial < 8; trial++)
        {
            using Model model = Drawn(random);
            ArrayDataset data = Data(random, random.Next(3, 8), model.Graph.Input.Shape.Count);
            double[] expected = [.. SingularValues.Of(Differences(new DoubleNetwork(model), All(data)))];
            Near(expected, Single(Probe(model, data, "input", WholeBatch)), FloatTolerance);
            Near(expected, Single(Probe(model, data, "input", WholeBatch, Device.Reference())), DifferenceTolerance);
        }
    }

    [Fact]
    public void That_of_an_example_is_the_derivative_with_the_statistics_of_the_batch_held()
    {
        var random = new Random(2);
        for (int trial = 0; trial < 8; trial++)
        {
            using Model model = Drawn(random);
            ArrayDataset data = Data(random, random.Next(3, 8), model.Graph.Input.Shape.Count);
            var network = new DoubleNetwork(model) { Mode = PlanMode.Inference };
            Dictionary<string, double[]> values = new DoubleNetwork(model).Values(All(data));
            foreach (Node norm in model.Graph.Nodes.Where(n => n.Layer is BatchNorm))
            {
                (double[] mean, double[] variance) = DoubleNetwork.Moments(values[norm.Inputs[0]], norm.Shape.Count);
                mean.CopyTo(network[$"{norm.Name}.running_mean"], 0);
                variance.CopyTo(network[$"{norm.Name}.running_var"], 0);
            }

            ImmutableArray<JacobianSpectrum> found = Probe(model, data, "input");
            Assert.Equal(data.Count, found.Length);
            for (int example = 0; example < data.Count; example++)
                Near(
                    [.. SingularValues.Of(Differences(network, data.Inputs(example)))],
                    found[example],
                    FloatTolerance
                );
        }
    }

    // d y / d x = gamma / deviation (I - 1 1' / m - x^ x^' / m), and 1 and x^ are directions of the batch that it takes to 0, but for epsilon.
    [Fact]
    public void A_normalisation_loses_the_mean_and_the_scale_of_the_batch_and_divides_the_rest_by_the_deviation()
    {
        const int Examples = 6;
        const float Gamma = 1.5f,
            Epsilon = 0.01f;
        var convention = new BatchNormConvention { Epsilon = Epsilon };
        using Model model = Model.Create(Network.Input(1).BatchNorm(convention, "norm").Build(), 1);
        model.Floats("norm.weight")[0] = Gamma;
        ArrayDataset data = Data(new Random(3), Examples, 1);
        double[] x = Array.ConvertAll(All(data), v => (double)v);
        double variance = x.Average(v => Math.Pow(v - x.Average(), 2));
        double factor = Gamma / Math.Sqrt(variance + Epsilon);
        double[] expected = [.. Enumerable.Repeat(factor, Examples - 2), factor * Epsilon / (variance + Epsilon), 0];
        JacobianSpectrum found = Single(Probe(model, data, "input", WholeBatch, Device.Reference(), "norm"));
        Near(expected, found, 1e-12);
        Near([factor], Probe(model, data, "input", to: "norm")[0], FloatTolerance);
    }

    [Fact]
    public void Without_batch_normalisation_the_batch_has_the_values_of_its_examples()
    {
        using Model model = Model.Create(Network.Input(5).Linear(4).Tanh().Linear(3).Build(), 1);
        ArrayDataset data = Data(new Random(4), 6, 5);
        double[] each = [.. Probe(model, data, "input").SelectMany(s => s.Values).OrderDescending()];
        Near(each, Single(Probe(model, data, "input", WholeBatch)), FloatTolerance);
        Near(
            [.. Probe(model, data, "linear1", to: "linear2").Take(2).SelectMany(s => s.Values)],
            [.. Probe(model, data, "linear1", new() { Examples = 2 }, to: "linear2").SelectMany(s => s.Values)],
            FloatTolerance
        );
    }

    // y = x + f(a): by a the shortcut is constant; shared weights and dropout are as in training without dropping.
    [Fact]
    public void Shortcuts_from_before_are_constant_and_shared_layers_and_dropout_are_passed()
    {
        Network body = Network
            .Input(4)
            .Linear(4, name: "first")
            .Residual("sum", b => b.Tanh("a").Dropout(0.5f).Again("first", "again"));
        using Model model = Model.Create(body.Build(), 1);
        ArrayDataset data = Data(new Random(5), 3, 4);
        Span<float> weights = model.Floats("first.weight");
        double[][] rows = [.. Enumerable.Range(0, 4).Select(_ => new double[4])];
        for (int i = 0; i < 16; i++)
            rows[i % 4][i / 4] = weights[i];
        Near([.. SingularValues.Of(rows)], Probe(model, data, "a", to: "sum")[0], FloatTolerance);
        // Through both ways the identity is added.
        JacobianSpectrum both = Probe(model, data, "first", to: "sum")[0];
        Assert.NotInRange(both.Maximum, rows.Max(r => r.Max()) - 1e-3, rows.Max(r => r.Max()) + 1e-3);
    }

    [Fact]
    public void The_model_is_measured_as_it_is_and_left_as_it_is()
    {
        var random = new Random(6);
        using Model model = Drawn(random);
        using var probe = new JacobianProbe(model, Data(random, 5, model.Graph.Input.Shape.Count), "input", "last");
        double before = probe.Run()[0].Maximum;
        model.Floats("last.weight").Clear();
        string checksum = model.ParameterChecksum();
        float[] running = model.Floats("norm1.running_mean").ToArray();
        Assert.Equal(0, probe.Run()[0].Maximum);
        Assert.True(before > 0);
        Assert.Equal(checksum, model.ParameterChecksum());
        Assert.Equal(running, model.Floats("norm1.running_mean"));
    }

    // Values of an estimate are never above the true ones, which never are above the bound.
    [Theory]
    [InlineData(JacobianStatistics.Held)]
    [InlineData(JacobianStatistics.Batch)]
    public void An_estimate_brackets_the_singular_values(JacobianStatistics statistics)
    {
        using Model model = Model.Create(
            Network.Input(40).Linear(30).BatchNorm().Tanh().Linear(25, name: "last").Build(),
            1
        );
        ArrayDataset data = Data(new Random(7), 8, 40);
        var exact = new JacobianOptions { Statistics = statistics };
        JacobianOptions rough = exact with { MaxExactRows = 0, Rank = 6 };
        ImmutableArray<JacobianSpectrum> all = Probe(model, data, "input", exact),
            estimates = Probe(model, data, "input", rough);
        Assert.Equal(all.Length, estimates.Length);
        foreach ((JacobianSpectrum wanted, JacobianSpectrum found) in all.Zip(estimates))
        {
            Assert.True(wanted.IsExact);
            Assert.False(found.IsExact);
            Assert.Equal(6, found.Values.Length);
            for (int i = 0; i < wanted.Values.Length; i++)
                Assert.InRange(wanted.Values[i], 0, found.UpperBound(i) * (1 + FloatTolerance));
            for (int i = 0; i < found.Values.Length; i++)
                Assert.InRange(found.Values[i], 0, wanted.Values[i] * (1 + FloatTolerance));
            // Three rounds give the largest within a few percent where the next one is not much smaller.
            Assert.InRange(found.Maximum, wanted.Maximum * 0.95, wanted.Maximum * (1 + FloatTolerance));
            Assert.Equal(double.NaN, found.Minimum);
        }
    }

    [Fact]
    public void An_estimate_of_full_rank_is_exact_but_for_rounding()
    {
        var random = new Random(8);
        using Model model = Drawn(random);
        ArrayDataset data = Data(random, 4, model.Graph.Input.Shape.Count);
        ImmutableArray<JacobianSpectrum> exact = Probe(model, data, "input"),
            found = Probe(model, data, "input", new() { MaxExactRows = 0, Rank = 100 });
        foreach ((JacobianSpectrum wanted, JacobianSpectrum estimate) in exact.Zip(found))
            Near([.. wanted.Values], [.. estimate.Values], FloatTolerance);
    }

    [Theory]
    [InlineData("last", "input", "'input' does not depend on 'last'")]
    [InlineData("input", "input", "'input' does not depend on 'input'")]
    [InlineData("input", "other", "no layer 'other'")]
    public void What_cannot_be_measured_is_told(string from, string to, string message)
    {
        using Model model = Drawn(new Random(9));
        ArrayDataset data = Data(new Random(9), 4, model.Graph.Input.Shape.Count);
        var error = Assert.Throws<GraphException>(() => new JacobianProbe(model, data, from, to));
        Assert.Contains(message, error.Message, StringComparison.Ordinal);
    }

    public static TheoryData<Layer> WithoutHeldForm =>
        [
            new BatchNorm(new BatchNormConvention { Renormalization = new() }),
            new DecorrelatedBatchNorm(3, new BatchNormConvention { Epsilon = 0.01f }),
        ];

    [Theory]
    [MemberData(nameof(WithoutHeldForm))]
    public void Statistics_that_cannot_be_held_are_told_and_the_whole_batch_is_proposed(Layer layer)
    {
        using Model model = Model.Create(Network.Input(3).Linear(3).Add(layer, "last").Build(), 1);
        ArrayDataset data = Data(new Random(10), 4, 3);
        var error = Assert.Throws<GraphException>(() => new JacobianProbe(model, data, "input", "last"));
        Assert.Contains("'last'", error.Message, StringComparison.Ordinal);
        Assert.Equal(12, Single(Probe(model, data, "input", WholeBatch)).Values.Length);
    }

    // Sizes, one or two normalisations with any gamma and beta, smooth nonlinearities; the last layer is called so.
    private static Model Drawn(Random random)
    {
        Network network = Network.Input(random.Next(2, 7));
        int layers = random.Next(1, 3);
        for (int i = 0; i < layers; i++)
        {
            network.Linear(random.Next(2, 7)).BatchNorm(name: $"norm{i + 1}");
            _ = random.Next(2) == 0 ? network.Tanh() : network.Sigmoid();
        }

        Model model = Model.Create(network.Linear(random.Next(2, 5), name: "last").Build(), (ulong)random.Next());
        for (int i = 1; i <= layers; i++)
        {
            foreach (ref float gamma in model.Floats($"norm{i}.weight"))
                gamma = 0.5f + random.NextSingle();
            foreach (ref float beta in model.Floats($"norm{i}.bias"))
                beta = random.NextSingle() - 0.5f;
        }

        return model;
    }

    // On a grid of 2^-8, so that a step away from it is exact.
    private static ArrayDataset Data(Random random, int examples, int inputs) =>
        new(
            "drawn",
            [.. Enumerable.Range(0, examples * inputs).Select(_ => random.Next(-256, 257) / 256f)],
            new int[examples],
            [inputs],
            2
        );

    private static float[] All(ArrayDataset data) =>
        [.. Enumerable.Range(0, data.Count).SelectMany(i => data.Inputs(i))];

    // d output / d input, a row for each output.
    private static double[][] Differences(DoubleNetwork network, float[] inputs)
    {
        double[][] columns = [.. inputs.Select((_, i) => Slope(network, inputs, i))];
        return
        [
            .. Enumerable.Range(0, columns[0].Length).Select(row => Array.ConvertAll(columns, column => column[row])),
        ];
    }

    private static double[] Slope(DoubleNetwork network, float[] inputs, int i)
    {
        float[] moved = [.. inputs];
        moved[i] = (float)(inputs[i] + Step);
        double[] ahead = network.Forward(moved);
        moved[i] = (float)(inputs[i] - Step);
        double[] behind = network.Forward(moved);
        return [.. ahead.Zip(behind, (a, b) => (a - b) / (2 * Step))];
    }

    private static ImmutableArray<JacobianSpectrum> Probe(
        Model model,
        IDataset data,
        string from,
        JacobianOptions? options = null,
        Device? device = null,
        string? to = null
    )
    {
        using var probe = new JacobianProbe(model, data, from, to ?? model.Graph.OutputName, options, device);
        return probe.Run();
    }

    private static JacobianSpectrum Single(ImmutableArray<JacobianSpectrum> spectra) => Assert.Single(spectra);

    private static void Near(double[] expected, JacobianSpectrum actual, double tolerance) =>
        Near(expected, [.. actual.Values], tolerance);

    private static void Near(double[] expected, double[] actual, double tolerance)
    {
        Assert.Equal(expected.Length, actual.Length);
        for (int i = 0; i < expected.Length; i++)
            Assert.Equal(expected[i], actual[i], tolerance * Math.Max(1, expected[0]));
    }
}
