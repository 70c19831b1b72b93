using Evenkeel.Graphs;
using Evenkeel.Layers;
using Evenkeel.Serialization;
using Evenkeel.Tests.Reference;

namespace Evenkeel.Tests.Golden;

/// <summary>Layers that whiten, through plan and steps, against PyTorch's automatic differentiation in double precision (whitening).</summary>
public sealed class WhiteningReferenceTests
{
    private const int Rows = 40;
    private const int Channels = 12;

    // Of the largest value. Sums of 40 products in floats, which roots of eigenvalues from 0.01 on enlarge by a few tens.
    private const double Tolerance = 2e-5;

    private static readonly BatchNormConvention Convention = new() { Epsilon = 1e-3f };

    public static TheoryData<string, int> Cases =>
        [.. from method in (string[])["zca", "newton"] from size in (int[])[1, 3, 12] select (method, size)];

    [Theory]
    [MemberData(nameof(Cases))]
    public void Layers_agree_with_PyTorch(string method, int size)
    {
        using var file = SafeTensorsReader.Open(GoldenRun.PathOf("whitening"));
        Layer norm = method == "zca" ? new DecorrelatedBatchNorm(size, Convention) : new IterNorm(5, size, Convention);
        // The affine map of 1 and 0 is exact; it learns, so that the layer has an input gradient to make.
        Graph graph = Network.Input(Channels).Add(new ChannelAffine(), "front").Add(norm, "norm").Build();
        using Model model = Model.Create(graph, 1);
        file.ReadFloat32("gamma", model.Floats("norm.weight"));
        file.ReadFloat32("beta", model.Floats("norm.bias"));
        float[] x = new float[Rows * Channels],
            dy = new float[Rows * Channels];
        file.ReadFloat32("x", x);
        file.ReadFloat32("dy", dy);
        using var driver = new StepDriver(graph, model, Rows);
        driver.Run(x, dy);
        foreach (
            (string theirs, string ours) in ((string, string)[])
                [("y", "norm"), ("dx", "d front"), ("dgamma", "d norm.weight"), ("dbeta", "d norm.bias")]
        )
        {
            ReadOnlySpan<float> actual = driver.Floats(ours);
            double[] expected = new double[actual.Length];
            file.ReadFloat64($"{method}.{size}.{theirs}", expected);
            Close.Relative(expected, actual, Tolerance, $"{method} {size} {theirs}");
        }
    }
}
