using Evenkeel.Diagnostics;
using Evenkeel.Kernels.Optim;
using Evenkeel.Kernels.Threading;

namespace Evenkeel.Testing.Torture;

/// <summary>A model that any number of threads read, copy, save and rewrite.</summary>
internal sealed class ModelSubject : TortureSubject
{
    private static long _files;
    private readonly TortureWorld _world;
    private readonly Model _model;

    public ModelSubject(TortureWorld world)
    {
        (_world, _model) = (world, world.NewModel());
        Calls =
        [
            ("Model.Floats", _ => Same(_model.Floats(TortureWorld.Weights))),
            ("Model.ParameterChecksum", _ => Same(_model)),
            ("Model.Clone", r => With(_model.Clone(), r, Same)),
            ("Model.Notes", _ => _model.AddNote($"{_model.Notes.Count % 3}")),
            ("Model.FoldBatchNorm", Fold),
            ("Model.Recalibrate", r => With(_model.Clone(), r, Recalibrate)),
            ("Model.Evaluate", Evaluate),
            ("Model.InspectBatchNorm", _ => _model.InspectBatchNorm()),
            ("new Predictor", Predict),
            ("ModelFile.Save and Load", SaveAndLoad),
            ("ModelFile.Load", r => With(ModelFile.Load(_world.ModelPath), r, Same)),
        ];
    }

    public override string Name => "Model";

    public override IReadOnlyList<(string Name, Action<Random> Run)> Calls { get; }

    public override void Dispose() => _model.Dispose();

    private void Same(Model model) =>
        WrongNumberException.Unless(_world.Checksum, model.ParameterChecksum(), "the checksum of a model");

    private void Same(ReadOnlySpan<float> weights) =>
        WrongNumberException.Unless(_world.FirstWeights, weights, "a weight");

    // Half of what is made on the way is left to the collector.
    private static void With(Model model, Random random, Action<Model> use)
    {
        use(model);
        if (random.Next(2) == 0)
            model.Dispose();
    }

    private void Fold(Random random)
    {
        Model folded = _model.FoldBatchNorm();
        WrongNumberException.Unless(_world.FoldedChecksum, folded.ParameterChecksum(), "a folded model's checksum");
        if (random.Next(2) == 0)
            folded.Dispose();
    }

    private void Recalibrate(Model model)
    {
        model.Recalibrate(_world.Data, null, Device.Cpu(2));
        WrongNumberException.Unless(
            _world.Recalibrated,
            model.Floats("batchnorm1.running_mean"),
            "a recalibrated mean"
        );
    }

    private void Evaluate(Random random)
    {
        var device = Device.Cpu(random.Next(1, 4));
        WrongNumberException.Unless(_world.Evaluation, _model.Evaluate(_world.Data, device), "an evaluation");
        if (random.Next(2) == 0)
            device.Dispose();
    }

    private void Predict(Random random)
    {
        var predictor = new Predictor(_model, TortureWorld.MaxBatch, random.Next(1, 4));
        WrongNumberException.Unless(_world.Predictions[3], predictor.Predict(_world.Examples(3)), "a prediction");
        if (random.Next(2) == 0)
            predictor.Dispose();
    }

    private void SaveAndLoad(Random random)
    {
        string path = _world.NewPath($"saved-{Interlocked.Increment(ref _files)}");
        ModelFile.Save(_model, path);
        With(ModelFile.Load(path), random, Same);
        File.Delete(path);
    }
}

/// <summary>A pool that several threads give work.</summary>
internal sealed class PoolSubject : TortureSubject
{
    private static readonly float[] Values = [.. Enumerable.Range(0, 50_000).Select(i => (float)(i % 11))];
    private static readonly double Expected = Values.Sum(v => (double)v * v);
    private readonly WorkerPool _pool;

    public PoolSubject(Random random)
    {
        _pool = new WorkerPool(random.Next(1, 5));
        Calls =
        [
            (
                "a kernel on a shared pool",
                _ => WrongNumberException.Unless(Expected, GradientNorm.SumOfSquares(_pool, Values), "a sum of squares")
            ),
        ];
    }

    public override string Name => "WorkerPool";

    public override IReadOnlyList<(string Name, Action<Random> Run)> Calls { get; }

    public override void Dispose() => _pool.Dispose();
}
