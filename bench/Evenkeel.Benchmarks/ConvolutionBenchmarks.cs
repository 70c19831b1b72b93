using BenchmarkDotNet.Attributes;
using Evenkeel.Kernels.Convolution;
using Evenkeel.Kernels.Threading;

namespace Evenkeel.Benchmarks;

/// <summary>Forward convolutions of BN-Inception at 224x224 with a batch of 32, and of ResNet-20 with one of 128.</summary>
[MemoryDiagnoser]
public class ConvolutionBenchmarks
{
    private WorkerPool _pool = null!;
    private RandomFloats _x = null!,
        _w = null!,
        _y = null!;
    private ConvolutionShape _shape;
    private int _batch;

    /// <summary>Kernel, inputs, outputs, side of the image, batch.</summary>
    [Params(
        "3x3 64-192 @56 x32",
        "3x3 160-192 @14 x32",
        "1x1 192-64 @28 x32",
        "1x1 1024-352 @7 x32",
        "3x3 16-16 @32 x128"
    )]
    public string Layer { get; set; } = "";

    [Params(1, 2)]
    public int Threads { get; set; }

    [GlobalSetup]
    public void Prepare()
    {
        int[] size = [.. Layer.Split([' ', 'x', '-', '@'], StringSplitOptions.RemoveEmptyEntries).Select(int.Parse)];
        (int kernel, int inputs, int outputs, int side) = (size[0], size[2], size[3], size[4]);
        _batch = size[5];
        _shape = new ConvolutionShape
        {
            Height = side,
            Width = side,
            InputChannels = inputs,
            OutputChannels = outputs,
            KernelHeight = kernel,
            KernelWidth = kernel,
            StrideY = 1,
            StrideX = 1,
            PadTop = kernel / 2,
            PadLeft = kernel / 2,
            OutputHeight = side,
            OutputWidth = side,
        };
        _pool = new WorkerPool(Threads);
        _x = new RandomFloats(_batch * _shape.InputImage);
        _w = new RandomFloats(_shape.Weights);
        _y = new RandomFloats((long)_batch * _shape.Positions * outputs);
    }

    [GlobalCleanup]
    public void Clean() => _pool.Dispose();

    [Benchmark]
    public void Forward() => Convolution.Forward(_pool, _shape, _batch, _x.Span, _w.Span, _y.Span);
}
