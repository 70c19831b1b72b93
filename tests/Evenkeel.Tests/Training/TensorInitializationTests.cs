using Evenkeel.Graphs;
using Evenkeel.Tests.Reference;

namespace Evenkeel.Tests.Training;

public sealed class TensorInitializationTests
{
    // 40,000 draws: the mean is within 4 / 200 of a deviation, the deviation within 4 / sqrt(80,000) of itself.
    private const int Inputs = 400;
    private const int Units = 100;
    private const double MeanTolerance = 0.02;
    private const double DeviationTolerance = 0.0145;

    [Fact]
    public void Normal_has_its_deviation() => Check(new NormalInitializer(0.3), 0.3);

    [Fact]
    public void Fan_in_normal_has_gain_over_root_of_inputs() =>
        Check(new FanInNormalInitializer(Math.Sqrt(2)), Math.Sqrt(2.0 / Inputs));

    [Fact]
    public void Fan_in_uniform_stays_within_its_bound_and_fills_it()
    {
        double bound = 1 / Math.Sqrt(Inputs);
        float[] weights = Check(new FanInUniformInitializer(), bound / Math.Sqrt(3));
        Assert.InRange(weights.Max(), 0.999 * bound, bound * 1.0000001);
        Assert.InRange(weights.Min(), -bound * 1.0000001, -0.999 * bound);
    }

    [Fact]
    public void Constants_are_constant()
    {
        using Model model = Model.Create(
            Network.Input(3).Linear(4, initializer: new ConstantInitializer(0.5)).Build(),
            1
        );
        Assert.All(model.Floats("linear1.weight").ToArray(), w => Assert.Equal(0.5f, w));
    }

    [Fact]
    public void Batch_norm_begins_as_the_identity()
    {
        using Model model = Model.Create(Network.Input(3).BatchNorm().Build(), 1);
        Assert.Equal([1f, 1, 1], model.Floats("batchnorm1.weight").ToArray());
        Assert.Equal([0f, 0, 0], model.Floats("batchnorm1.bias").ToArray());
        Assert.Equal([0f, 0, 0], model.Floats("batchnorm1.running_mean").ToArray());
        Assert.Equal([1f, 1, 1], model.Floats("batchnorm1.running_var").ToArray());
        Assert.Equal(0, model.Integers("batchnorm1.num_batches_tracked")[0]);
    }

    [Fact]
    public void A_layer_begins_with_the_same_weights_whatever_else_the_network_holds()
    {
        using Model plain = Model.Create(Samples.Small(batchNorm: false), 3);
        using Model normalised = Model.Create(Samples.Small(batchNorm: true), 3);
        using Model other = Model.Create(Samples.Small(batchNorm: true), 4);
        foreach (string layer in (string[])["linear1", "linear2", "linear3"])
        {
            Close.SameBits(plain.Floats($"{layer}.weight"), normalised.Floats($"{layer}.weight"), layer);
            Assert.NotEqual(plain.Floats($"{layer}.weight").ToArray(), other.Floats($"{layer}.weight").ToArray());
        }
    }

    private static float[] Check(Initializer initializer, double deviation)
    {
        using Model model = Model.Create(Network.Input(Inputs).Linear(Units, initializer: initializer).Build(), 1);
        float[] weights = model.Floats("linear1.weight").ToArray();
        double mean = weights.Average(w => (double)w);
        double found = Math.Sqrt(weights.Average(w => (w - mean) * (w - mean)));
        Assert.Equal(0, mean, MeanTolerance * deviation);
        Assert.Equal(deviation, found, DeviationTolerance * deviation);
        return weights;
    }
}
