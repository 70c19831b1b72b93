using Evenkeel.Diagnostics;
using Evenkeel.Graphs;
using Evenkeel.Layers;
using Evenkeel.Lowering;

namespace Evenkeel.Tests.Diagnostics;

public sealed class PropagationProbeTests
{
    private const int Examples = 12;

    // Three products of a few terms in floats, 6e-8 each.
    private const double Tolerance = 1e-5;

    private static readonly SoftmaxCrossEntropy CrossEntropy = new();

    [Fact]
    public void Norms_and_saturation_are_those_of_the_network_in_double_precision()
    {
        var random = new Random(1);
        for (int trial = 0; trial < 6; trial++)
        {
            using Model model = Drawn(random);
            ArrayDataset data = Data(random);
            using var probe = new PropagationProbe(model, data, CrossEntropy);
            Propagation found = probe.Run();
            float[] inputs = [.. Enumerable.Range(0, Examples).SelectMany(i => data.Inputs(i))];
            int[] labels = [.. Enumerable.Range(0, Examples).Select(i => data.Label(i))];
            var network = new DoubleNetwork(model) { Mode = PlanMode.Training };
            DoubleRun run = network.Train(inputs, labels);
            Near(network.Loss(inputs, labels), found.Loss);
            Assert.Equal(["linear1", "linear2", "classes"], found.Weights.Select(w => w.Layer));
            foreach ((string layer, double norm) in found.Weights)
                Near(Norm([.. run[$"d {layer}.weight"], .. run[$"d {layer}.bias"]]), norm);
            Assert.Equal(["first", "second"], found.Signals.Select(s => s.Layer));
            foreach ((string layer, double norm) in found.Signals)
                Near(Norm(run[$"d {model.Graph[layer].Inputs[0]}"]), norm);
            Assert.Equal(["first", "second"], found.Saturated.Select(s => s.Layer));
            double[] sigmoids = run.Values["first"],
                rectified = run.Values["second"];
            Assert.Equal(
                sigmoids.Count(y => y is <= 0.05 or >= 0.95),
                found.Saturated[0].Value * sigmoids.Length,
                1e-9
            );
            Assert.Equal(rectified.Count(y => y == 0), found.Saturated[1].Value * rectified.Length, 1e-9);
        }
    }

    [Fact]
    public void Signals_are_those_of_the_gradient_probe()
    {
        using Model model = Drawn(new Random(2));
        ArrayDataset data = Data(new Random(2));
        using var probe = new PropagationProbe(model, data, CrossEntropy);
        using var other = new GradientProbe(model, data, ["norm1", "linear2"]);
        // Other layers are fused in the other plan, so the last digits may differ.
        foreach ((double expected, LayerNumber found) in other.Run().Zip(probe.Run().Signals))
            Near(expected, found.Value);
    }

    [Fact]
    public void Float_targets_and_a_network_without_activations_are_measured_and_nothing_changes()
    {
        using Model model = Model.Create(Network.Input(4).Linear(3).BatchNorm().Linear(2, name: "out").Build(), 1);
        ArrayDataset data = Data(new Random(3));
        ITargetDataset targets = ArrayDataset.WithTargets(
            "drawn",
            [.. Enumerable.Range(0, Examples).SelectMany(i => data.Inputs(i))],
            [4],
            [.. Enumerable.Range(0, Examples * 2).Select(i => i / 10f)],
            [2]
        );
        string checksum = model.ParameterChecksum();
        float[] running = model.Floats("batchnorm1.running_var").ToArray();
        using var probe = new PropagationProbe(model, targets, new MeanSquaredError());
        Propagation found = probe.Run();
        Assert.Equal(["linear1", "out"], found.Weights.Select(w => w.Layer));
        Assert.All(found.Weights, w => Assert.True(w.Value > 0));
        Assert.Empty(found.Signals);
        Assert.Empty(found.Saturated);
        Assert.Equal(checksum, model.ParameterChecksum());
        Assert.Equal(running, model.Floats("batchnorm1.running_var"));
    }

    [Fact]
    public void Bounds_count_as_saturated_and_smooth_functions_without_bounds_have_none()
    {
        Assert.Null(Saturation.Bounds(new Swish()));
        Assert.Null(Saturation.Bounds(new LeakyRelu()));
        Assert.Equal(0.5, Saturation.Fraction([0, 3, 6, 7], Saturation.Bounds(new Clip(-1, 6))!.Value));
        Assert.Equal(0.5, Saturation.Fraction([-0.96f, 0.94f, 0.96f, 0], Saturation.Bounds(new Tanh())!.Value));
        Assert.Equal(0, Saturation.Fraction([], (0, 1)));
    }

    private static Model Drawn(Random random) =>
        Model.Create(
            Network
                .Input(4)
                .Linear(5, initializer: new NormalInitializer(2))
                .BatchNorm(name: "norm1")
                .Add(new Sigmoid(), "first")
                .Linear(6, initializer: new NormalInitializer(1))
                .Relu("second")
                .Linear(3, name: "classes")
                .Build(),
            (ulong)random.Next()
        );

    private static ArrayDataset Data(Random random) =>
        new(
            "drawn",
            [.. Enumerable.Range(0, Examples * 4).Select(_ => random.NextSingle() - 0.5f)],
            [.. Enumerable.Range(0, Examples).Select(i => i % 3)],
            [4],
            3
        );

    private static double Norm(IEnumerable<double> values) => Math.Sqrt(values.Sum(v => v * v));

    private static void Near(double expected, double actual) =>
        Assert.InRange(actual, expected - (Tolerance * expected), expected + (Tolerance * expected));
}
