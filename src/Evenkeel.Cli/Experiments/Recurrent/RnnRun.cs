using Evenkeel.Diagnostics;
using Evenkeel.Graphs;
using Evenkeel.Layers;
using Evenkeel.Networks;
using Evenkeel.Training.Schedules;

namespace Evenkeel.Cli.Experiments.Recurrent;

/// <summary>One of the networks: trains it, and measures the gradient at the hidden state of every time step before and behind the training.</summary>
internal sealed class RnnRun : JudgedRun, IDisposable
{
    private readonly RnnOptions _options;
    private readonly Device _device;
    private readonly Trainer _trainer;
    private readonly Evaluator _evaluator;
    private readonly GradientProbe _probe;

    public RnnRun(string name, float? gamma, DatasetSplit data, RnnOptions options)
    {
        (Name, Gamma, _options) = (name, gamma, options);
        _device = Device.Cpu(Math.Max(1, options.Threads / RnnOptions.Networks));
        Model = Model.Create(NetworkOf(gamma, options), options.Seed);
        _trainer = new Trainer(
            Model,
            data.Train,
            new TrainingOptions
            {
                BatchSize = RnnOptions.BatchSize,
                LearningRate = new ConstantRate(options.LearningRate),
                Optimizer = new Adam(),
                ClipNorm = RnnOptions.ClipNorm,
                Seed = options.Seed,
            },
            _device
        );
        IDataset test = data.Test.Take(Math.Min(RnnOptions.TestExamples, data.Test.Count));
        _evaluator = new Evaluator(Model, test, _device);
        IEnumerable<string> states = Enumerable.Range(0, options.TimeSteps).Select(t => $"memory.state.{t}");
        _probe = new GradientProbe(Model, test.Take(Math.Min(RnnOptions.ProbeSize, test.Count)), states, _device);
    }

    public string Name { get; }

    /// <summary>Gamma at the start; null without batch normalisation.</summary>
    public float? Gamma { get; }

    public Model Model { get; }

    /// <summary>Norm of the loss's gradient at the hidden state of each time step, before training.</summary>
    public double[] GradientsBefore { get; private set; } = [];

    /// <summary>The same of the network as it is now.</summary>
    public double[] GradientsNow { get; private set; } = [];

    public double LastAccuracy => Points[^1].Result.Accuracy;

    /// <summary>Trains to the end, or until the loss is not finite, or until cancelled.</summary>
    public void Run(Action<long> progress, CancellationToken cancellation) =>
        Train(_trainer, _evaluator, _options.Steps, _options.EvaluateEvery, progress, cancellation);

    public void Dispose()
    {
        _probe.Dispose();
        _evaluator.Dispose();
        _trainer.Dispose();
        _device.Dispose();
        Model.Dispose();
    }

    protected override void Look(long step)
    {
        GradientsNow = _probe.Run();
        if (step == 0)
            GradientsBefore = GradientsNow;
    }

    private static Graph NetworkOf(float? gamma, RnnOptions options)
    {
        var recurrent = new RecurrentOptions
        {
            Sequence = false,
            HiddenInitializer = new IdentityInitializer(),
            BatchNorm = gamma is { } scale ? new RecurrentBatchNorm { InitialScale = scale } : null,
        };
        return Network
            .Input(RnnOptions.Side * RnnOptions.Side)
            .Add(new Reshape(new Shape(options.TimeSteps, RnnOptions.Side * RnnOptions.Side / options.TimeSteps)))
            .Lstm(options.Units, recurrent, "memory")
            .Linear(10, name: "classes")
            .Build();
    }
}
