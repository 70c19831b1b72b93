using Evenkeel.Kernels.Reduction;
using Evenkeel.Layers;
using Evenkeel.Serialization;
using Evenkeel.Tests.Reference;

namespace Evenkeel.Tests.Golden;

/// <summary>The batch-normalisation layer through plan and steps, against PyTorch's double precision (bn_reference).</summary>
public sealed class BatchNormReferenceTests : IDisposable
{
    private const int Rows = 37;
    private const int Channels = 19;
    private const int ConstantChannel = 18;

    // Of the largest value of the channel. PyTorch's float32 reaches 1e-6 on ordinary channels; statistics kept in double
    // reach the same on the channels of mean 1e4 and of deviation 1e-4, where PyTorch's does not.
    private const double Tolerance = 5e-6;

    private readonly SafeTensorsReader _file = SafeTensorsReader.Open(GoldenRun.PathOf("bn_reference"));

    public static TheoryData<string, bool, StatisticsSource> Cases
    {
        get
        {
            var cases = new TheoryData<string, bool, StatisticsSource>();
            foreach (string activation in (string[])["identity", "relu", "sigmoid", "tanh", "leaky_relu", "elu"])
            {
                foreach (StatisticsSource source in Enum.GetValues<StatisticsSource>())
                {
                    cases.Add(activation, true, source);
                    cases.Add(activation, false, source);
                }
            }

            return cases;
        }
    }

    public void Dispose() => _file.Dispose();

    [Theory]
    [MemberData(nameof(Cases))]
    public void Layer_agrees_with_PyTorch(string activation, bool fused, StatisticsSource source)
    {
        Graph graph = Build(activation, source);
        using Model model = Model.Create(graph, 1);
        Read("gamma", Channels).CopyTo(model.Floats("norm.weight"));
        Read("beta", Channels).CopyTo(model.Floats("norm.bias"));
        if (source == StatisticsSource.Running)
        {
            Read("frozen_mean", Channels).CopyTo(model.Floats("norm.running_mean"));
            Read("frozen_variance", Channels).CopyTo(model.Floats("norm.running_var"));
        }

        using var driver = new StepDriver(graph, model, Rows, fused ? [] : ["fuse-activation"]);
        Assert.Equal(!fused && activation != "identity" ? 4 : 3, driver.Plan.Graph.Nodes.Length);
        driver.Run(Read("x", Rows * Channels), Read("dy", Rows * Channels));
        string prefix = (source == StatisticsSource.Batch ? "batch." : "frozen.") + activation;
        Compare(prefix + ".y", driver.Floats(driver.Plan.Graph.OutputName));
        Compare(prefix + ".dx", driver.Floats("d front"));
        CompareSums(prefix + ".dgamma", driver.Floats("d norm.weight"));
        CompareSums(prefix + ".dbeta", driver.Floats("d norm.bias"));
        if (source == StatisticsSource.Batch)
            CompareStatistics(driver, model);
    }

    [Fact]
    public void A_constant_channel_gives_beta_exactly()
    {
        Graph graph = Build("identity", StatisticsSource.Batch);
        using Model model = Model.Create(graph, 1);
        Read("gamma", Channels).CopyTo(model.Floats("norm.weight"));
        Read("beta", Channels).CopyTo(model.Floats("norm.bias"));
        using var driver = new StepDriver(graph, model, Rows);
        driver.Run(Read("x", Rows * Channels), Read("dy", Rows * Channels));
        float beta = Read("beta", Channels)[ConstantChannel];
        for (int row = 0; row < Rows; row++)
            Assert.Equal(beta, driver.Floats("norm")[(row * Channels) + ConstantChannel]);
        Assert.Equal(0f, driver.Floats("d norm.weight")[ConstantChannel]);
    }

    // The affine map of 1 and 0 is exact; it learns, so that batch normalisation has an input gradient to make.
    private static Graph Build(string activation, StatisticsSource source)
    {
        Network network = Network
            .Input(Channels)
            .Add(new ChannelAffine(), "front")
            .Add(new BatchNorm(BatchNormConvention.Default) { NormalizeWith = source }, "norm");
        return activation switch
        {
            "relu" => network.Relu().Build(),
            "sigmoid" => network.Sigmoid().Build(),
            "tanh" => network.Tanh().Build(),
            "leaky_relu" => network.LeakyRelu().Build(),
            "elu" => network.Elu().Build(),
            _ => network.Build(),
        };
    }

    private void CompareStatistics(StepDriver driver, Model model)
    {
        double[] mean = Doubles("mean", Channels),
            variance = Doubles("variance", Channels);
        var moments = new ChannelMoments(driver.Doubles("norm.moments"));
        Assert.Equal(Rows, moments.Count);
        for (int c = 0; c < Channels; c++)
        {
            // Statistics are sums in double of float lanes: a few roundings of the deviation, not of the mean.
            double deviation = Math.Sqrt(variance[c]);
            Assert.Equal(mean[c], moments.Mean[c], (1e-6 * deviation) + (1e-12 * Math.Abs(mean[c])));
            Assert.Equal(variance[c], moments.Variance(c), 2e-6 * variance[c]);
        }

        // Stored as floats: half a rounding of the value.
        foreach ((string ours, string theirs) in ((string, string)[])[("mean", "mean"), ("var", "variance")])
        {
            double[] expected = Doubles($"running_{theirs}", Channels);
            ReadOnlySpan<float> actual = model.Floats($"norm.running_{ours}");
            for (int c = 0; c < Channels; c++)
                Assert.Equal(expected[c], actual[c], (2e-7 * Math.Abs(expected[c])) + 1e-7);
        }
    }

    private void Compare(string name, ReadOnlySpan<float> actual)
    {
        double[] expected = Doubles(name, actual.Length);
        for (int c = 0; c < Channels; c++)
        {
            double[] column = [.. Enumerable.Range(0, Rows).Select(r => expected[(r * Channels) + c])];
            float[] ours = new float[Rows];
            for (int r = 0; r < Rows; r++)
                ours[r] = actual[(r * Channels) + c];
            Close.Relative(column, ours, Tolerance, $"{name}, channel {c}, row ", floor: 1e-4);
        }
    }

    // Sums of 37 terms of either sign, each as large as dy (3) times xhat (5): cancellation leaves roundings of the terms.
    private void CompareSums(string name, ReadOnlySpan<float> actual) =>
        Close.Absolute(Doubles(name, Channels), actual, 1.5e-5, name);

    private float[] Read(string name, int count)
    {
        float[] values = new float[count];
        _file.ReadFloat32(name, values);
        return values;
    }

    private double[] Doubles(string name, int count)
    {
        double[] values = new double[count];
        _file.ReadFloat64(name, values);
        return values;
    }
}
