using Evenkeel.Data;
using Evenkeel.Normalization;
using Evenkeel.Tests.Reference;
using Evenkeel.Training;

namespace Evenkeel.Tests.Training;

public sealed class RecalibrationTests : IDisposable
{
    private static readonly string[] Norms = ["n1", "n2"];
    private readonly Device _device = Device.Cpu(2);
    private readonly ArrayDataset _data = Samples.Data(101, [4, 4, 2], 3);

    public void Dispose() => _device.Dispose();

    [Fact]
    public void Layer_by_layer_does_not_depend_on_the_batches()
    {
        using Model reference = Recalibrated(new RecalibrationOptions { BatchSize = 101 });
        foreach (int batch in (int[])[2, 9, 64])
        {
            using Model other = Recalibrated(new RecalibrationOptions { BatchSize = batch });
            // Each batch's sums run in float lanes; the merge in double adds nothing that shows.
            AssertSame(reference, other, 2e-6);
        }
    }

    [Fact]
    public void In_one_pass_batches_of_two_feed_the_second_layer_something_else()
    {
        using Model whole = Recalibrated(
            new RecalibrationOptions { BatchSize = 101, Order = RecalibrationOrder.OnePass }
        );
        using Model pairs = Recalibrated(
            new RecalibrationOptions { BatchSize = 2, Order = RecalibrationOrder.OnePass }
        );
        float[] a = whole.Floats("n2.running_var").ToArray(),
            b = pairs.Floats("n2.running_var").ToArray();
        Assert.Contains(a.Zip(b), p => Math.Abs(p.First - p.Second) > 0.01 * p.First);
    }

    [Fact]
    public void Parameters_stay_dropout_is_off_and_the_second_time_changes_nothing()
    {
        using Model model = Samples.Model(Graph(dropout: 0.5f));
        using Model without = model.With(Graph(dropout: 0));
        string before = model.ParameterChecksum();
        model.Recalibrate(_data, null, _device);
        without.Recalibrate(_data, null, _device);
        Assert.Equal(before, model.ParameterChecksum());
        AssertSame(without, model, 0);
        IReadOnlyList<RecalibratedLayer> again = model.Recalibrate(_data, null, _device);
        Assert.Equal(Norms, again.Select(l => l.Layer));
        // Statistics are stored as float32.
        Assert.All(again, l => Assert.InRange(l.MeanShift, 0, 1e-5));
        Assert.All(again, l => Assert.InRange(l.VarianceRatio, 1 - 1e-5, 1 + 1e-5));
    }

    [Fact]
    public void A_prior_weight_gives_the_moments_of_the_mixture()
    {
        using Model model = Samples.Model(Graph());
        float[] oldMean = model.Floats("n1.running_mean").ToArray(),
            oldVariance = model.Floats("n1.running_var").ToArray();
        using Model fresh = Recalibrated(new RecalibrationOptions());
        model.Recalibrate(_data, new RecalibrationOptions { PriorWeight = 0.25 }, _device);
        for (int i = 0; i < oldMean.Length; i++)
        {
            double m0 = oldMean[i],
                m1 = fresh.Floats("n1.running_mean")[i],
                second =
                    (0.25 * (oldVariance[i] + (m0 * m0))) + (0.75 * (fresh.Floats("n1.running_var")[i] + (m1 * m1))),
                mean = (0.25 * m0) + (0.75 * m1);
            Assert.Equal(mean, model.Floats("n1.running_mean")[i], 1e-5);
            Assert.Equal(second - (mean * mean), model.Floats("n1.running_var")[i], 1e-5);
        }
    }

    [Fact]
    public void NaN_in_the_data_leaves_everything_as_it_was()
    {
        float[] inputs = Samples.Floats(10 * 32, 4);
        inputs[40] = float.NaN;
        var broken = new ArrayDataset("broken", inputs, new int[10], [4, 4, 2], 3, NonFiniteInputs.Allow);
        using Model model = Samples.Model(Graph());
        float[] before = model.Floats("n1.running_var").ToArray();
        string message = Assert.Throws<StatisticsException>(() => model.Recalibrate(broken, null, _device)).Message;
        Assert.Contains("'n1'", message, StringComparison.Ordinal);
        Assert.Equal(before, model.Floats("n1.running_var").ToArray());
    }

    [Fact]
    public void Poisoned_statistics_are_repaired()
    {
        using Model model = Samples.Model(Graph());
        using Model fresh = Recalibrated(new RecalibrationOptions());
        model.Floats("n1.running_mean").Fill(float.NaN);
        model.Floats("n2.running_var").Fill(float.PositiveInfinity);
        model.Recalibrate(_data, null, _device);
        AssertSame(fresh, model, 0);
    }

    [Fact]
    public void A_weight_that_is_no_number_is_named_and_nothing_changes()
    {
        using Model model = Samples.Model(Graph());
        model.Floats("conv2d1.weight")[7] = float.NaN;
        byte[] before = Samples.Bytes(model);
        string message = Assert.Throws<StatisticsException>(() => model.Recalibrate(_data, null, _device)).Message;
        Assert.Contains(
            "'conv2d1.weight' holds NaN or infinity: 1 of its 90 values, the first at 7",
            message,
            StringComparison.Ordinal
        );
        Assert.Equal(before, Samples.Bytes(model));
    }

    [Fact]
    public void One_value_per_channel_is_told_once_with_its_layer()
    {
        Graph graph = Network.Input(4).Linear(3).BatchNorm(name: "n").Linear(2).Build();
        using Model model = Samples.Model(graph);
        ArrayDataset one = Samples.Data(1, [4], 2);
        string message = Assert.Throws<StatisticsException>(() => model.Recalibrate(one, null, _device)).Message;
        Assert.Contains("'n' gets one value per channel from 1 example", message, StringComparison.Ordinal);
    }

    [Fact]
    public void Without_batch_normalisation_there_is_nothing_to_do()
    {
        using Model model = Samples.Model(Network.Input(4, 4, 2).Flatten().Linear(3).Build());
        byte[] before = Samples.Bytes(model);
        Assert.Empty(model.Recalibrate(_data, null, _device));
        Assert.Equal(before, Samples.Bytes(model));
    }

    [Theory]
    [InlineData(9, null, 101)]
    [InlineData(9, 3, 27)]
    [InlineData(60, 1, 101)]
    // The last batch takes the rest: of 101 examples in batches of 60, there is one of 101.
    [InlineData(40, 1, 40)]
    [InlineData(500, 2, 101)]
    public void The_examples_used_are_counted(int batch, int? most, int used)
    {
        var options = new RecalibrationOptions { BatchSize = batch, MaxBatches = most };
        Assert.Equal(used, Recalibration.ExamplesUsed(_data, options));
    }

    [Theory]
    [InlineData(-0.1)]
    [InlineData(1)]
    public void A_prior_weight_out_of_range_is_refused(double weight) =>
        Assert.Throws<ArgumentOutOfRangeException>(() => new RecalibrationOptions { PriorWeight = weight });

    private static Graph Graph(float dropout = 0) =>
        Network
            .Input(4, 4, 2)
            .Conv2d(5, 3, 1, 1)
            .BatchNorm(name: "n1")
            .Relu()
            .Dropout(dropout)
            .Conv2d(6, 3, 2, 1)
            .BatchNorm(name: "n2")
            .Relu()
            .GlobalAveragePool()
            .Linear(3)
            .Build();

    private Model Recalibrated(RecalibrationOptions options)
    {
        Model model = Samples.Model(Graph());
        model.Recalibrate(_data, options, _device);
        return model;
    }

    private static void AssertSame(Model expected, Model actual, double tolerance)
    {
        foreach (string name in Norms)
        {
            foreach (string part in (string[])["running_mean", "running_var"])
            {
                Close.Absolute(
                    Array.ConvertAll(expected.Floats($"{name}.{part}").ToArray(), v => (double)v),
                    Array.ConvertAll(actual.Floats($"{name}.{part}").ToArray(), v => (double)v),
                    tolerance,
                    $"{name}.{part}"
                );
            }
        }
    }
}
