using BenchmarkDotNet.Attributes;
using Evenkeel.Networks;

namespace Evenkeel.Benchmarks;

/// <summary>One image of 28x28 through the network of Ioffe &amp; Szegedy 2015, section 4.1, on one thread.</summary>
[MemoryDiagnoser]
public class PredictionBenchmarks
{
    private readonly float[] _image = new float[28 * 28],
        _logits = new float[10];
    private Model _model = null!;
    private Predictor _predictor = null!;

    /// <summary>Batch normalisation is folded into the linear layers, so it should cost nothing.</summary>
    [Params(true, false)]
    public bool BatchNorm { get; set; }

    [GlobalSetup]
    public void Prepare()
    {
        _model = Model.Create(MnistNetwork.Create(BatchNorm), 1);
        _predictor = new Predictor(_model, maxBatch: 1);
        new RandomFloats(_image.Length).Span.CopyTo(_image);
    }

    [GlobalCleanup]
    public void Clean()
    {
        _predictor.Dispose();
        _model.Dispose();
    }

    [Benchmark]
    public void Predict() => _predictor.Predict(_image, _logits);
}
