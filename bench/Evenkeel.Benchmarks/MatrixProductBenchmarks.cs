using BenchmarkDotNet.Attributes;
using Evenkeel.Kernels.Linear;
using Evenkeel.Kernels.Threading;

namespace Evenkeel.Benchmarks;

/// <summary>y = x w, with x [m, k] and w [k, n].</summary>
[MemoryDiagnoser]
public class MatrixProductBenchmarks
{
    private WorkerPool _pool = null!;
    private RandomFloats _x = null!,
        _w = null!,
        _y = null!;
    private int _m,
        _k,
        _n;

    /// <summary>m x k x n: the first layer of the MNIST network with a batch of 60, a 1x1 convolution of BN-Inception, and two squares.</summary>
    [Params("60x784x100", "25088x192x64", "512x512x512", "1024x1024x1024")]
    public string Size { get; set; } = "";

    [Params(1, 2)]
    public int Threads { get; set; }

    [GlobalSetup]
    public void Prepare()
    {
        int[] size = [.. Size.Split('x').Select(int.Parse)];
        (_m, _k, _n) = (size[0], size[1], size[2]);
        _pool = new WorkerPool(Threads);
        _x = new RandomFloats((long)_m * _k);
        _w = new RandomFloats((long)_k * _n);
        _y = new RandomFloats((long)_m * _n);
    }

    [GlobalCleanup]
    public void Clean() => _pool.Dispose();

    [Benchmark]
    public void Forward() => MatrixProduct.Forward(_pool, _m, _k, _n, _x.Span, _w.Span, _y.Span);
}
