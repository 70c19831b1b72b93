using Evenkeel.Diagnostics;

namespace Evenkeel.Tests.Diagnostics;

/// <summary>What needs no labels works without them, on tables and on networks whose output is a map.</summary>
public sealed class UnlabelledDataTests : IDisposable
{
    private readonly Device _device = Device.Cpu(2);

    public void Dispose() => _device.Dispose();

    [Fact]
    public void A_single_batch_normalisation_on_a_table()
    {
        using Model model = Model.Create(Network.Input(5).Linear(4).BatchNorm().Relu().Linear(1).Build(), 1);
        ArrayDataset data = Examples(400, [5], 1, 0);
        model.Recalibrate(data, null, _device);
        Diagnosis fitting = model.Diagnose(data, device: _device);
        Assert.Equal(StatisticsCause.None, fitting.Cause);
        Assert.True(double.IsNaN(fitting.Stored.Accuracy) && double.IsNaN(fitting.Batch.Loss));

        Diagnosis shifted = model.Diagnose(Examples(400, [5], 1, 4), device: _device);
        Assert.Equal(StatisticsCause.DomainShift, shifted.Cause);
        Assert.DoesNotContain("cannot distinguish", shifted.Text, StringComparison.Ordinal);
        // Whether new statistics will help is not known without labels, so they are advised.
        Assert.Contains("recalibrate", shifted.Remedy, StringComparison.Ordinal);
    }

    [Fact]
    public void A_small_gap_of_a_single_layer_has_two_explanations()
    {
        using Model model = Model.Create(Network.Input(5).Linear(4).BatchNorm().Relu().Linear(1).Build(), 1);
        model.Recalibrate(Examples(400, [5], 1, 0), null, _device);
        Diagnosis diagnosis = model.Diagnose(Examples(400, [5], 1.3, 0), device: _device);
        Assert.Contains("cannot distinguish", diagnosis.Text, StringComparison.Ordinal);
    }

    [Fact]
    public void A_network_with_a_map_for_output()
    {
        using Model model = Model.Create(
            Network.Input(6, 4, 2).Conv2d(3, 3, 1, 1).BatchNorm().Relu().Conv2d(1, 1).Build(),
            1
        );
        ArrayDataset data = Examples(50, [6, 4, 2], 2, 1);
        Assert.Equal(StatisticsCause.TooFewUpdates, model.Diagnose(data, device: _device).Cause);
        model.Recalibrate(data, null, _device);
        Assert.Equal(StatisticsCause.None, model.Diagnose(data, device: _device).Cause);
        using Model folded = model.FoldBatchNorm();
        OutputDifference difference = OutputDifference.Measure(model, folded, data, _device);
        // Float32 rounding of sums of 18 terms.
        Assert.InRange(difference.Largest, 0, 1e-5 * difference.Scale);
    }

    [Fact]
    public void Accuracy_without_labels_is_refused()
    {
        using Model model = Model.Create(Network.Input(5).Linear(3).Build(), 1);
        ArrayDataset data = Examples(4, [5], 1, 0);
        var e = Assert.Throws<GraphException>(() => model.Evaluate(data, _device));
        Assert.Contains("'table' has no labels", e.Message, StringComparison.Ordinal);
        Assert.True(double.IsNaN(model.EvaluateIfLabelled(data, _device).Loss));
    }

    private static ArrayDataset Examples(int count, int[] shape, double scale, double shift)
    {
        var random = new Random(7);
        float[] values = new float[count * shape.Aggregate(1, (n, d) => n * d)];
        for (int i = 0; i < values.Length; i++)
            values[i] = (float)((scale * ((2 * random.NextDouble()) - 1)) + shift);
        return new ArrayDataset("table", values, shape);
    }
}
