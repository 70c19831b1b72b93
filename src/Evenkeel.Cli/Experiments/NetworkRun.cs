using Evenkeel.Diagnostics;
using Evenkeel.Layers;
using Evenkeel.Networks;
using Evenkeel.Training.Schedules;

namespace Evenkeel.Cli.Experiments;

/// <summary>One of the two networks: trains it and keeps what the figure needs.</summary>
internal sealed class NetworkRun : JudgedRun, IDisposable
{
    private readonly MnistExperimentOptions _options;
    private readonly Trainer _trainer;
    private readonly Evaluator _evaluator;
    private readonly PercentileProbe _probe;
    private readonly float[] _probed;
    private int? _typicalUnit;

    public NetworkRun(string name, bool batchNorm, DatasetSplit data, MnistExperimentOptions options, int threads)
    {
        Name = name;
        BatchNorm = batchNorm;
        _options = options;
        Graph graph = MnistNetwork.Create(batchNorm, MnistExperimentOptions.WeightDeviation);
        Model = Model.Create(graph, options.Seed);
        var training = new TrainingOptions
        {
            BatchSize = MnistExperimentOptions.BatchSize,
            LearningRate = new ConstantRate(options.LearningRate),
            Seed = options.Seed,
            Threads = threads,
            KeepActivations = options.KeepActivations,
        };
        _trainer = new Trainer(Model, data.Train, training);
        _evaluator = new Evaluator(Model, data.Test, _trainer.Device);
        IDataset probe = data.Test.Take(Math.Min(MnistExperimentOptions.ProbeSize, data.Test.Count));
        string layer = graph.Nodes.Last(n => n.Layer is Activation).Inputs[0];
        _probe = new PercentileProbe(Model, probe, layer, MnistExperimentOptions.Percentiles, _trainer.Device);
        _probed = new float[_probe.Units * MnistExperimentOptions.Percentiles.Length];
        Percentiles = new PercentileHistory(_probe.Units, MnistExperimentOptions.Percentiles);
    }

    public string Name { get; }

    public bool BatchNorm { get; }

    public Model Model { get; }

    public PercentileHistory Percentiles { get; }

    /// <summary>The unit that the figure shows; known once the run has ended.</summary>
    public int TypicalUnit => _typicalUnit ??= Percentiles.TypicalUnit();

    /// <summary>How far each percentile of the typical unit moved.</summary>
    public PercentileDrift[] Drift => Percentiles.Drift(TypicalUnit);

    public double LastAccuracy => Points[^1].Result.Accuracy;

    /// <summary>Trains to the end, or until the loss is not finite, or until cancelled.</summary>
    /// <param name="progress">Told the steps done.</param>
    /// <param name="cancellation">Ends the run after the current step.</param>
    public void Run(Action<long> progress, CancellationToken cancellation) =>
        Train(_trainer, _evaluator, _options.Steps, _options.EvaluateEvery, progress, cancellation);

    public void Dispose()
    {
        _probe.Dispose();
        _evaluator.Dispose();
        _trainer.Dispose();
        Model.Dispose();
    }

    protected override void Look(long step)
    {
        _probe.Run(_probed);
        Percentiles.Add(step, _probed);
    }
}
