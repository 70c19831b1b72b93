using Evenkeel.Diagnostics;
using Evenkeel.Graphs;
using Evenkeel.Serialization;

namespace Evenkeel.Tests.Golden;

/// <summary>Singular values that PyTorch computed in double precision (tests/golden/README.md).</summary>
public sealed class JacobianTests : IDisposable
{
    private const int Examples = 7;
    private const int Inputs = 6;

    private readonly SafeTensorsReader _file = SafeTensorsReader.Open(GoldenRun.PathOf("jacobian"));
    private readonly Model _model = Model.Create(
        Network
            .Input(Inputs)
            .Linear(5, bias: false)
            .BatchNorm(name: "norm1")
            .Sigmoid()
            .Linear(4, bias: false)
            .BatchNorm(name: "norm2")
            .Build(),
        1
    );

    // PyTorch's epsilon is a double, ours a float: 5e-9 of 1e-5. What a probe feeds and keeps between runs, vectors and statistics, is rounded to floats.
    private const double Tolerance = 1e-6;

    [Theory]
    [InlineData("input")]
    [InlineData("norm1")]
    public void The_whole_batch_and_each_example_have_the_singular_values_of_PyTorch(string from)
    {
        Fill();
        Near(Doubles($"batch.{from}", Examples * 4), Found(from, JacobianStatistics.Batch));
        Near(Doubles($"held.{from}", Examples * 4), Found(from, JacobianStatistics.Held));
    }

    public void Dispose()
    {
        _model.Dispose();
        _file.Dispose();
    }

    private double[] Found(string from, JacobianStatistics statistics)
    {
        float[] inputs = new float[Examples * Inputs];
        _file.ReadFloat32("inputs", inputs);
        var data = new ArrayDataset("golden", inputs, new int[Examples], [Inputs], 2);
        var options = new JacobianOptions { Statistics = statistics };
        using var device = Device.Reference();
        using var probe = new JacobianProbe(_model, data, from, "norm2", options, device);
        return [.. probe.Run().SelectMany(s => s.Values)];
    }

    private void Fill()
    {
        foreach (NamedTensor tensor in _model.Graph.Tensors().Where(t => t.Spec.Trainable))
        {
            float[] values = new float[tensor.Spec.Count];
            _file.ReadFloat32(tensor.Name, values);
            double[] ours = GoldenRun.InOurOrder(tensor.Spec, Array.ConvertAll(values, v => (double)v));
            Array.ConvertAll(ours, v => (float)v).CopyTo(_model.Floats(tensor.Name));
        }
    }

    private double[] Doubles(string name, int count)
    {
        double[] values = new double[count];
        _file.ReadFloat64(name, values);
        return values;
    }

    private static void Near(double[] expected, double[] actual)
    {
        Assert.Equal(expected.Length, actual.Length);
        for (int i = 0; i < expected.Length; i++)
            Assert.Equal(expected[i], actual[i], Tolerance * expected[0]);
    }
}
