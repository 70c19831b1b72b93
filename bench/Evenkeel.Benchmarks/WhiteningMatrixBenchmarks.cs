using BenchmarkDotNet.Attributes;
using Evenkeel.Kernels.Norm;
using Evenkeel.Kernels.Threading;

namespace Evenkeel.Benchmarks;

/// <summary>The whitening matrix of a covariance, S^(-1/2), on one thread: the kernel of the library beside Math.NET's decomposition.</summary>
[MemoryDiagnoser]
[Config(typeof(ResidualConfig))]
public class WhiteningMatrixBenchmarks
{
    private WhiteningProblem _problem = null!;
    private KernelWhitening _kernel = null!;
    private double[] _matrix = null!;

    /// <summary>Channels.</summary>
    [Params(16, 64, 128, 256, 512, 1024)]
    public int Size { get; set; }

    [GlobalSetup]
    public void Prepare()
    {
        _problem = new WhiteningProblem(Size);
        _kernel = new KernelWhitening(Size);
        _matrix = new double[Size * Size];
    }

    [GlobalCleanup]
    public void Clean() => _kernel.Dispose();

    [Benchmark(Baseline = true)]
    public void Evenkeel() => _kernel.Run(_problem.Covariance, _matrix);

    [Benchmark]
    public void MathNet() => MathNetWhitening.Run(Size, _problem.Covariance, _matrix);
}

/// <summary>The kernel with its own state, on one thread.</summary>
internal sealed class KernelWhitening(int size) : IDisposable
{
    private readonly ZcaWhitening _method = new();
    private readonly WorkerPool _pool = WorkerPool.Serial();
    private readonly double[] _state = new double[new ZcaWhitening().StateLength(size)];

    public void Run(double[] covariance, double[] matrix)
    {
        covariance.CopyTo(matrix, 0);
        _method.Whiten(_pool, new WhiteningShape(size, size), WhiteningProblem.Epsilon, matrix, _state);
    }

    public void Dispose() => _pool.Dispose();
}
