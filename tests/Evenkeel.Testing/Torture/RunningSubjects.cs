using Evenkeel.Diagnostics;
using Evenkeel.Execution;
using Evenkeel.Lowering;
using Evenkeel.Serialization;

namespace Evenkeel.Testing.Torture;

/// <summary>A predictor that any number of threads call at once.</summary>
internal sealed class PredictorSubject : TortureSubject
{
    private readonly TortureWorld _world;
    private readonly Model _model;
    private readonly Predictor _predictor;

    public PredictorSubject(TortureWorld world, Random random)
    {
        (_world, _model) = (world, world.NewModel());
        _predictor = new Predictor(_model, TortureWorld.MaxBatch, random.Next(1, 4));
        Calls =
        [
            ("Predictor.Predict", r => Check(r.Next(TortureWorld.MostExamples + 1))),
            ("Predictor.Predict", r => Check(r.Next(TortureWorld.MostExamples + 1))),
            ("Predictor.PredictAll", PredictAll),
        ];
    }

    public override string Name => "Predictor";

    public override IReadOnlyList<(string Name, Action<Random> Run)> Calls { get; }

    public override void Dispose()
    {
        _predictor.Dispose();
        _model.Dispose();
    }

    private void Check(int count) =>
        WrongNumberException.Unless(
            _world.Predictions[count],
            _predictor.Predict(_world.Examples(count)),
            "a prediction"
        );

    private void PredictAll(Random random)
    {
        int count = random.Next(TortureWorld.MostExamples + 1);
        foreach (float[] output in _predictor.PredictAll(_world.Examples(count)).Values)
            WrongNumberException.Unless(_world.Predictions[count], output, "a prediction of all outputs");
    }
}

/// <summary>An evaluator, an executor and a probe over one model and one device, which several threads call.</summary>
internal sealed class SharedPoolSubject : TortureSubject
{
    private readonly TortureWorld _world;
    private readonly Model _model;
    private readonly Device _device;
    private readonly Evaluator _evaluator;
    private readonly Executor _executor;
    private readonly PercentileProbe _probe;

    public SharedPoolSubject(TortureWorld world, Random random)
    {
        (_world, _model, _device) = (world, world.NewModel(), Device.Cpu(random.Next(1, 4)));
        _evaluator = new Evaluator(_model, world.Data, _device);
        _executor = new Executor(TortureWorld.NewPlan(_model, PlanMode.Training), _model, _device);
        _probe = world.NewProbe(_model, _device);
        Calls =
        [
            ("Evaluator.Run", _ => WrongNumberException.Unless(_world.Evaluation, _evaluator.Run(), "an evaluation")),
            ("Executor.ForwardBackward", _ => ForwardBackward()),
            ("Executor.Gradients", _ => _world.CheckLength(_executor.Gradients)),
            ("PercentileProbe.Run", _ => Probe()),
            ("a part's Dispose", DisposeOfPart),
        ];
    }

    public override string Name => "Evaluator";

    public override IReadOnlyList<(string Name, Action<Random> Run)> Calls { get; }

    public override void Dispose()
    {
        _evaluator.Dispose();
        _executor.Dispose();
        _probe.Dispose();
        _device.Dispose();
        _model.Dispose();
    }

    private void ForwardBackward() =>
        WrongNumberException.Unless(
            _world.BatchLosses[0],
            _executor.ForwardBackward(_world.BatchInputs, _world.BatchLabels),
            "a loss"
        );

    private void Probe()
    {
        float[] found = new float[_world.Percentiles.Length];
        _probe.Run(found);
        WrongNumberException.Unless(_world.Percentiles, found, "a percentile");
    }

    private void DisposeOfPart(Random random)
    {
        IDisposable[] parts = [_evaluator, _executor, _probe, _device, _model];
        if (random.Next(8) == 0)
            parts[random.Next(parts.Length)].Dispose();
    }
}

/// <summary>An open file of tensors.</summary>
internal sealed class ReaderSubject : TortureSubject
{
    private readonly SafeTensorsReader _reader;

    public ReaderSubject(TortureWorld world)
    {
        _reader = SafeTensorsReader.Open(world.ModelPath);
        float[] expected = Read();
        Calls =
        [
            ("SafeTensorsReader.ReadFloat32", _ => WrongNumberException.Unless(expected, Read(), "a tensor of a file")),
        ];
    }

    public override string Name => "SafeTensorsReader";

    public override IReadOnlyList<(string Name, Action<Random> Run)> Calls { get; }

    public override void Dispose() => _reader.Dispose();

    private float[] Read()
    {
        float[] values = new float[_reader.Info(TortureWorld.Weights).Count];
        _reader.ReadFloat32(TortureWorld.Weights, values);
        return values;
    }
}
