using Evenkeel.Data.Loading;
using Evenkeel.Training;

namespace Evenkeel.Testing.Torture;

/// <summary>A trainer that several threads step, run, save, resume and dispose of.</summary>
internal sealed class TrainerSubject : TortureSubject
{
    private static long _files;
    private readonly TortureWorld _world;
    private readonly Model _model;
    private readonly Trainer _trainer;

    public TrainerSubject(TortureWorld world, Random random)
    {
        (_world, _model) = (world, world.NewModel());
        _trainer = new Trainer(
            _model,
            world.Data,
            TortureWorld.Options(random.Next(1, 4), random.Next(3), random.Next(1, 3))
        );
        Calls =
        [
            ("Trainer.Step", Step),
            ("Trainer.Step", Step),
            ("Trainer.Step", Step),
            ("Trainer.Run", Run),
            ("Trainer.Run", Run),
            ("Trainer.Gradients", _ => _world.CheckLength(_trainer.Gradients)),
            ("Checkpoint.Save", Save),
            ("Checkpoint.Load", _ => Checkpoint.Load(_trainer, _world.CheckpointPath)),
            ("Trainer.Device", _ => _world.NewModel().Evaluate(_world.Data, _trainer.Device)),
            ("Trainer.Dispose of parts", DisposeOfPart),
        ];
    }

    public override string Name => "Trainer";

    public override IReadOnlyList<(string Name, Action<Random> Run)> Calls { get; }

    /// <summary>Disposes of the trainer; the model is then what whole steps made of it.</summary>
    public override void Dispose()
    {
        _trainer.Dispose();
        try
        {
            WrongNumberException.Unless(
                _world.Checksums[_trainer.StepsDone],
                _model.ParameterChecksum(),
                $"the checksum of a model after {_trainer.StepsDone} steps"
            );
        }
        catch (ObjectDisposedException)
        {
            // Another thread has disposed of the model.
        }

        _model.Dispose();
    }

    private void Step(Random random)
    {
        if (_trainer.StepsDone < TortureWorld.MostSteps)
            Check(_trainer.Step());
    }

    private void Run(Random random)
    {
        bool disposes = random.Next(40) == 0;
        _trainer.Run(
            Math.Min(TortureWorld.MostSteps, _trainer.StepsDone + random.Next(1, 5)),
            step =>
            {
                Check(step);
                if (disposes)
                    _trainer.Dispose();
            }
        );
    }

    private void Check(StepResult step) =>
        WrongNumberException.Unless(_world.Losses[step.Step - 1], step.Loss, $"the loss of step {step.Step}");

    private void Save(Random random)
    {
        string path = _world.NewPath($"checkpoint-{Interlocked.Increment(ref _files)}");
        Checkpoint.Save(_trainer, path);
        File.Delete(path);
    }

    private void DisposeOfPart(Random random)
    {
        switch (random.Next(12))
        {
            case 0:
                _trainer.Device.Dispose();
                break;
            case 1:
                _model.Dispose();
                break;
            case 2:
                _trainer.Dispose();
                break;
        }
    }
}

/// <summary>A trainer that several threads bring the same batch.</summary>
internal sealed class BatchTrainerSubject : TortureSubject
{
    private readonly TortureWorld _world;
    private readonly BatchTrainer _trainer;

    public BatchTrainerSubject(TortureWorld world, Random random)
    {
        _world = world;
        _trainer = new BatchTrainer(
            world.NewModel(),
            world.BatchLabels.Length,
            TortureWorld.Options(random.Next(1, 4), 0, 1)
        );
        Calls = [("BatchTrainer.Step", Step)];
    }

    public override string Name => "BatchTrainer";

    public override IReadOnlyList<(string Name, Action<Random> Run)> Calls { get; }

    public override void Dispose() => _trainer.Dispose();

    private void Step(Random random)
    {
        if (_trainer.StepsDone >= TortureWorld.MostSteps)
            return;
        StepResult step = _trainer.Step(_world.BatchInputs, _world.BatchLabels);
        WrongNumberException.Unless(_world.BatchLosses[step.Step - 1], step.Loss, $"the loss of batch {step.Step}");
    }
}

/// <summary>A loader that several threads ask for batches.</summary>
internal sealed class LoaderSubject : TortureSubject
{
    private readonly BatchLoader _loader;

    public LoaderSubject(TortureWorld world, Random random)
    {
        _loader = new BatchLoader(
            world.Data,
            new BatchLoaderOptions
            {
                BatchSize = 10,
                Prefetch = random.Next(3),
                Workers = random.Next(1, 4),
            }
        );
        Calls = [("BatchLoader.Next", _ => WrongNumberException.Unless(10, _loader.Next().Count, "a batch's size"))];
    }

    public override string Name => "BatchLoader";

    public override IReadOnlyList<(string Name, Action<Random> Run)> Calls { get; }

    public override void Dispose() => _loader.Dispose();
}
