using Evenkeel.Diagnostics;
using Evenkeel.Layers;
using Evenkeel.Normalization;
using Evenkeel.Tests.Reference;
using Evenkeel.Training;

namespace Evenkeel.Tests.Normalization;

/// <summary>
/// Every part that counts statistics counts the same: tensors, population estimators, recalibration, inspection and diagnosis, for statistics
/// per channel and per activation over shapes of one to three dimensions.
/// </summary>
public sealed class StatisticsLayoutTests : IDisposable
{
    private readonly Device _device = Device.Cpu(2);

    public static TheoryData<bool, int> Draws()
    {
        var data = new TheoryData<bool, int>();
        for (int draw = 0; draw < 12; draw++)
        {
            data.Add(true, draw);
            data.Add(false, draw);
        }

        return data;
    }

    public void Dispose() => _device.Dispose();

    [Theory]
    [MemberData(nameof(Draws))]
    public void Statistics_are_exact_for_every_position_or_channel(bool perActivation, int draw)
    {
        (Graph graph, ArrayDataset data, double[] values) = Draw(perActivation, draw);
        Shape shape = graph["n"].Shape;
        StatisticsLayout layout = ((BatchNorm)graph["n"].Layer).StatisticsOf(shape);
        Assert.Equal(shape.Count, layout.Count * layout.ValuesPerExample);
        Assert.Equal(perActivation ? 1 : shape.Positions, layout.ValuesPerExample);
        using Model model = Samples.Model(graph);
        (double[] mean, double[] variance) = DoubleNetwork.Moments(values, layout.Count);
        double m = (double)data.Count * layout.ValuesPerExample;
        double[] unbiased = [.. variance.Select(v => v * m / (m - 1))];

        ChannelStatistics pooled = model.MeasurePopulation(data, new PopulationOptions(BatchSize: 7), _device)["n"];
        // Sums of values of order 1 in float lanes within a batch.
        Close.Absolute(mean, pooled.Mean, 1e-6, "mean");
        Close.Absolute(unbiased, pooled.Variance, 1e-5, "variance");
        foreach (RecalibrationOrder order in Enum.GetValues<RecalibrationOrder>())
        {
            using Model repaired = model.Clone();
            repaired.Recalibrate(data, new RecalibrationOptions { Order = order, BatchSize = 7 }, _device);
            Close.Absolute(mean, Doubles(repaired, "n.running_mean"), 1e-6, "stored mean");
            Close.Absolute(unbiased, Doubles(repaired, "n.running_var"), 1e-5, "stored variance");
            Assert.All(repaired.Diagnose(data, device: _device).Layers, l => Assert.True(l.Fits));
            Assert.All(repaired.InspectBatchNorm(), h => Assert.Equal(layout.Count, h.Channels));
        }
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_training_step_counts_the_values_behind_each_statistic(bool perActivation)
    {
        (Graph graph, ArrayDataset data, double[] values) = Draw(perActivation, 3);
        StatisticsLayout layout = ((BatchNorm)graph["n"].Layer).StatisticsOf(graph["n"].Shape);
        using var model = Model.Create(graph, 1);
        // One batch of everything at the first update of an average of all batches: the running statistics are the data's.
        var options = new TrainingOptions { BatchSize = data.Count, Threads = 1 };
        using var trainer = new Trainer(model, data, options);
        trainer.Run(1);
        (double[] mean, double[] variance) = DoubleNetwork.Moments(values, layout.Count);
        double m = (double)data.Count * layout.ValuesPerExample;
        Close.Absolute(mean, Doubles(model, "n.running_mean"), 1e-6, "mean");
        Close.Absolute([.. variance.Select(v => v * m / (m - 1))], Doubles(model, "n.running_var"), 1e-5, "variance");
    }

    // The layer is fed the data itself, so that its statistics are those of the data.
    private static (Graph Graph, ArrayDataset Data, double[] Values) Draw(bool perActivation, int draw)
    {
        var random = new Random(100 + draw);
        int[] shape = [.. Enumerable.Range(0, 1 + (draw % 3)).Select(_ => random.Next(1, 6))];
        ArrayDataset data = Samples.Data(random.Next(45, 80), shape, 3, (ulong)draw + 1);
        Network network = Network
            .Input(shape)
            .Add(
                new BatchNorm(BatchNormConvention.Default with { UpdateRate = null }) { PerActivation = perActivation },
                "n"
            )
            .Relu();
        return (
            (shape.Length > 1 ? network.Flatten() : network).Linear(3).Build(),
            data,
            Array.ConvertAll(data.Inputs(), v => (double)v)
        );
    }

    private static double[] Doubles(Model model, string tensor) =>
        Array.ConvertAll(model.Floats(tensor).ToArray(), v => (double)v);
}
