using Evenkeel.Diagnostics;

namespace Evenkeel.Tests.Diagnostics;

public sealed class PercentileProbeTests
{
    [Fact]
    public void Percentiles_of_a_known_layer_are_those_of_the_data()
    {
        // Unit 0 passes the value on, unit 1 turns its sign.
        using Model model = Model.Create(Network.Input(1).Linear(2).Sigmoid().Linear(2).Build(), 1);
        model.Floats("linear1.weight")[0] = 1;
        model.Floats("linear1.weight")[1] = -1;
        float[] values = [.. Enumerable.Range(0, 101).Select(i => (float)(i * 37 % 101))];
        var data = new ArrayDataset("ramp", values, new int[101], [1], 2);
        using var device = Device.Cpu(1);
        using var probe = new PercentileProbe(model, data, "linear1", [15, 50, 85], device);
        float[] found = new float[6];
        probe.Run(found);
        Assert.Equal([15, 50, 85, -85, -50, -15], found);
    }

    [Fact]
    public void Drift_is_the_range_over_training_in_widths_of_the_distribution()
    {
        var history = new PercentileHistory(3, [15, 50, 85]);
        history.Add(0, [-1, 0, 1, -1, 0, 1, -1, 0, 1]);
        history.Add(10, [-1, 0, 1, 0, 1, 2, 3, 4, 5]);
        Assert.Equal([0.0, 0.0, 0.0], history.Drift(0).Select(d => d.Range));
        Assert.Equal([1.0, 1.0, 1.0], history.Drift(1).Select(d => d.Range));
        Assert.Equal([0.5, 0.5, 0.5], history.Drift(1).Select(d => d.Relative));
        Assert.Equal([2.0, 2.0, 2.0], history.Drift(2).Select(d => d.Relative));
        Assert.Equal(1, history.TypicalUnit());
    }
}
