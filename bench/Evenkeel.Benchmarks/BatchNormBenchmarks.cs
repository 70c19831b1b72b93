using BenchmarkDotNet.Attributes;
using Evenkeel.Kernels.Elementwise;
using Evenkeel.Kernels.Norm;
using Evenkeel.Kernels.Reduction;
using Evenkeel.Kernels.Threading;

namespace Evenkeel.Benchmarks;

/// <summary>Batch normalisation with a fused ReLU, by the statistics of the batch.</summary>
[MemoryDiagnoser]
public class BatchNormBenchmarks
{
    private const float Epsilon = 1e-5f;

    private WorkerPool _pool = null!;
    private RandomFloats _x = null!,
        _y = null!,
        _dy = null!,
        _dx = null!;
    private double[] _moments = [],
        _sums = [];
    private float[] _gamma = [],
        _beta = [],
        _dgamma = [],
        _dbeta = [],
        _coefficients = [],
        _gradients = [];

    /// <summary>Rows x channels: layers of BN-Inception at 224x224 with a batch of 32, and of the MNIST network with one of 60.</summary>
    [Params("100352x64", "6272x576", "1568x1024", "60x100")]
    public string Size { get; set; } = "";

    [Params(1, 2)]
    public int Threads { get; set; }

    private NormShape Shape { get; set; }

    [GlobalSetup]
    public void Prepare()
    {
        int[] size = [.. Size.Split('x').Select(int.Parse)];
        (int rows, int channels) = (size[0], size[1]);
        Shape = new NormShape(rows, channels);
        _pool = new WorkerPool(Threads);
        long count = (long)rows * channels;
        (_x, _y, _dy, _dx) = (new(count), new(count), new(count), new(count));
        (_gamma, _beta, _dgamma, _dbeta) = (
            new float[channels],
            new float[channels],
            new float[channels],
            new float[channels]
        );
        Array.Fill(_gamma, 1);
        _moments = new double[ChannelMoments.Length(channels)];
        _sums = new double[2 * channels];
        _coefficients = new float[NormCoefficients.Length(channels)];
        _gradients = new float[GradientCoefficients.Length(channels)];
        Forward();
    }

    [GlobalCleanup]
    public void Clean() => _pool.Dispose();

    /// <summary>Mean and variance of each channel, then scale, shift and max(x, 0).</summary>
    [Benchmark]
    public void Forward()
    {
        var moments = new ChannelMoments(_moments);
        var coefficients = new NormCoefficients(_coefficients);
        Moments.Run(_pool, Shape.Rows, Shape.Channels, _x.Span, moments);
        coefficients.Set(new NormParameters(_gamma, _beta, Epsilon), moments);
        Normalize.Run(_pool, default(Relu), Shape, _x.Span, coefficients, _y.Span);
    }

    /// <summary>Gradients of input, gamma and beta, through the statistics.</summary>
    [Benchmark]
    public void Backward()
    {
        var coefficients = new NormCoefficients(_coefficients);
        var gradient = new GradientCoefficients(_gradients);
        var inputs = new NormBackwardInputs(_x.Span, [], _dy.Span);
        GradientSums.Run(_pool, default(Relu), Shape, inputs, coefficients, _sums);
        gradient.Set(_sums, new ChannelMoments(_moments), Epsilon, _dgamma, _dbeta);
        InputGradient.Run(_pool, default(Relu), Shape, inputs, coefficients, gradient, _dx.Span);
    }
}
