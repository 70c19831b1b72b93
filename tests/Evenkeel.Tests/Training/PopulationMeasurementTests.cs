using Evenkeel.Layers;
using Evenkeel.Normalization;
using Evenkeel.Tests.Reference;
using Evenkeel.Training;

namespace Evenkeel.Tests.Training;

public sealed class PopulationMeasurementTests : IDisposable
{
    private readonly Device _device = Device.Cpu(2);
    private readonly ArrayDataset _data = Samples.Data(97, [5], 3);

    public void Dispose() => _device.Dispose();

    [Theory]
    [InlineData(2)]
    [InlineData(7)]
    [InlineData(60)]
    [InlineData(97)]
    public void Pooled_statistics_do_not_depend_on_the_batches(int batch)
    {
        // Batch normalisation on the data itself: the statistics are those of the data, whatever comes before.
        using Model model = Samples.Model(Network.Input(5).BatchNorm(name: "n").Linear(3).Build());
        ChannelStatistics pooled = Measure(model, PopulationEstimator.Pooled, batch)["n"];
        double[] all = Array.ConvertAll(_data.Inputs(), v => (double)v);
        (double[] mean, double[] variance) = DoubleNetwork.Moments(all, 5);
        // Within a batch sums run in float lanes relative to the block's mean; merging in double adds nothing visible.
        Close.Absolute(mean, pooled.Mean, 1e-7, "mean");
        Close.Absolute([.. variance.Select(v => v * 97 / 96)], pooled.Variance, 1e-6, "variance");
    }

    [Fact]
    public void Merging_by_counts_is_exact_to_double()
    {
        double[] values = [.. Samples.Floats(1000, 3, mean: 1000, deviation: 0.1).Select(v => (double)v)];
        (double[] mean, double[] variance) = DoubleNetwork.Moments(values, 1);
        foreach (int batch in (int[])[1, 2, 9, 333, 1000])
        {
            var pooled = PopulationAccumulator.Create(PopulationEstimator.Pooled, 1);
            foreach (double[] part in values.Chunk(batch))
            {
                (double[] partMean, double[] partVariance) = DoubleNetwork.Moments(part, 1);
                pooled.Add(Samples.Moments(part.Length, partMean, partVariance));
                pooled.Add(Samples.Moments(0, [double.NaN], [double.NaN]));
            }

            ChannelStatistics estimate = pooled.Estimate();
            // 1000 roundings of 1e-16 of the mean of 1000.
            Assert.Equal(mean[0], estimate.Mean[0], 1e-10);
            Assert.Equal(variance[0] * 1000 / 999, estimate.Variance[0], 1e-12);
        }
    }

    [Fact]
    public void The_papers_estimator_averages_batches_alike()
    {
        var paper = PopulationAccumulator.Create(PopulationEstimator.Paper, 2);
        paper.Add(Samples.Moments(4, [1, 2], [3, 0.5]));
        paper.Add(Samples.Moments(1, [100, 100], [0, 0]));
        paper.Add(Samples.Moments(10, [5, -2], [9, 0.9]));
        ChannelStatistics estimate = paper.Estimate();
        Assert.Equal([3.0, 0.0], estimate.Mean);
        Close.Absolute([(4 + 10) / 2.0, ((0.5 * 4 / 3) + 1) / 2], estimate.Variance, 1e-14, "variance");
    }

    [Fact]
    public void Too_little_data_is_an_error_that_says_so()
    {
        var pooled = PopulationAccumulator.Create(PopulationEstimator.Pooled, 1);
        pooled.Add(Samples.Moments(1, [1], [0]));
        Assert.Contains("1 value", Assert.Throws<StatisticsException>(pooled.Estimate).Message);
        var paper = PopulationAccumulator.Create(PopulationEstimator.Paper, 1);
        paper.Add(Samples.Moments(1, [1], [0]));
        Assert.Contains("larger batches", Assert.Throws<StatisticsException>(paper.Estimate).Message);
        Assert.Throws<ArgumentException>(() => PopulationAccumulator.Create(PopulationEstimator.Running, 1));
    }

    [Fact]
    public void The_running_estimator_returns_the_running_statistics()
    {
        using Model model = Samples.Model(Deep());
        ChannelStatistics running = Measure(model, PopulationEstimator.Running, 10)["batchnorm2"];
        Assert.Equal(model.Floats("batchnorm2.running_mean").ToArray().Select(v => (double)v), running.Mean);
        Assert.Equal(model.Floats("batchnorm2.running_var").ToArray().Select(v => (double)v), running.Variance);
    }

    [Fact]
    public void Measuring_changes_nothing_and_sees_what_batch_statistics_make_of_the_layers_before()
    {
        using Model model = Samples.Model(Deep());
        byte[] before = Samples.Bytes(model);
        ChannelStatistics second = Measure(model, PopulationEstimator.Pooled, 97)["batchnorm2"];
        Assert.Equal(before, Samples.Bytes(model));
        double[] values = new DoubleNetwork(model).Values(_data.Inputs())["linear2"];
        (double[] mean, double[] variance) = DoubleNetwork.Moments(values, 6);
        Close.Absolute(mean, second.Mean, 5e-6, "mean");
        Close.Absolute([.. variance.Select(v => v * 97 / 96)], second.Variance, 1e-5, "variance");
    }

    [Fact]
    public void A_layer_that_trains_with_running_statistics_keeps_them_and_feeds_the_next_with_them()
    {
        Graph graph = Deep();
        var norm = (BatchNorm)graph["batchnorm1"].Layer;
        using Model model = Samples.Model(
            graph.Replace("batchnorm1", norm with { NormalizeWith = StatisticsSource.Running })
        );
        IReadOnlyDictionary<string, ChannelStatistics> all = Measure(model, PopulationEstimator.Pooled, 97);
        Assert.Equal(model.Floats("batchnorm1.running_mean").ToArray().Select(v => (double)v), all["batchnorm1"].Mean);
        double[] values = new DoubleNetwork(model).Values(_data.Inputs())["linear2"];
        Close.Absolute(DoubleNetwork.Moments(values, 6).Mean, all["batchnorm2"].Mean, 5e-6, "mean");
    }

    [Theory]
    [InlineData(PopulationEstimator.Pooled)]
    [InlineData(PopulationEstimator.Paper)]
    [InlineData(PopulationEstimator.Running)]
    public void Freezing_evaluates_as_the_network_with_those_statistics(PopulationEstimator estimator)
    {
        using Model model = Samples.Model(Deep());
        IReadOnlyDictionary<string, ChannelStatistics> statistics = Measure(model, estimator, 20);
        using Model expected = model.Clone();
        foreach ((string layer, ChannelStatistics s) in statistics)
        {
            Array.ConvertAll(s.Mean, v => (float)v).CopyTo(expected.Floats($"{layer}.running_mean"));
            Array.ConvertAll(s.Variance, v => (float)v).CopyTo(expected.Floats($"{layer}.running_var"));
        }

        using Model frozen = model.FoldBatchNorm(_data, new PopulationOptions(estimator, 20), _device);
        Assert.DoesNotContain(frozen.Graph.Nodes, n => n.Layer is BatchNorm or ChannelAffine);
        using var one = new Evaluator(expected, _data, _device);
        using var other = new Evaluator(frozen, _data, _device);
        Assert.Equal(one.Run().Loss, other.Run().Loss, 2e-6);
        Assert.Equal(one.Run().Accuracy, other.Run().Accuracy);
        Assert.NotEqual(1.0 / 3, one.Run().Accuracy, 0.001);
    }

    private static Graph Deep() =>
        Network.Input(5).Linear(7).BatchNorm().Sigmoid().Linear(6).BatchNorm().Relu().Linear(3).Build();

    private IReadOnlyDictionary<string, ChannelStatistics> Measure(
        Model model,
        PopulationEstimator estimator,
        int batch
    ) => model.MeasurePopulation(_data, new PopulationOptions(estimator, batch), _device);
}
