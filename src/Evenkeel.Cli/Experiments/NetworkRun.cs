using System.Diagnostics;
using Evenkeel.Data;
using Evenkeel.Diagnostics;
using Evenkeel.Graphs;
using Evenkeel.Layers;
using Evenkeel.Networks;
using Evenkeel.Training;
using Evenkeel.Training.Schedules;

namespace Evenkeel.Cli.Experiments;

/// <summary>One of the two networks: trains it and keeps what the figure needs.</summary>
internal sealed class NetworkRun : IDisposable
{
    private readonly MnistExperimentOptions _options;
    private readonly Trainer _trainer;
    private readonly Evaluator _evaluator;
    private readonly PercentileProbe _probe;
    private readonly float[] _probed;
    private readonly List<(long Step, double Accuracy, double Loss)> _points = [];
    private readonly Stopwatch _training = new();
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
        };
        _trainer = new Trainer(Model, data.Train, training);
        _evaluator = new Evaluator(Model, data.Test, _trainer.Device);
        IDataset probe = data.Test.Take(Math.Min(MnistExperimentOptions.ProbeSize, data.Test.Count));
        ProbedLayer = graph.Nodes.Last(n => n.Layer is Activation).Inputs[0];
        _probe = new PercentileProbe(Model, probe, ProbedLayer, MnistExperimentOptions.Percentiles, _trainer.Device);
        _probed = new float[_probe.Units * MnistExperimentOptions.Percentiles.Length];
        Percentiles = new PercentileHistory(_probe.Units, MnistExperimentOptions.Percentiles);
    }

    public string Name { get; }

    public bool BatchNorm { get; }

    public Model Model { get; }

    public string ProbedLayer { get; }

    public PercentileHistory Percentiles { get; }

    /// <summary>The unit that the figure shows; known once the run has ended.</summary>
    public int TypicalUnit => _typicalUnit ??= Percentiles.TypicalUnit();

    /// <summary>How far each percentile of the typical unit moved.</summary>
    public PercentileDrift[] Drift => Percentiles.Drift(TypicalUnit);

    /// <summary>Test accuracy and loss, with running statistics where there are any.</summary>
    public IReadOnlyList<(long Step, double Accuracy, double Loss)> Points => _points;

    /// <summary>Seconds spent in training steps alone.</summary>
    public double TrainingSeconds => _training.Elapsed.TotalSeconds;

    /// <summary>Why the run ended early, or null.</summary>
    public string? Diverged { get; private set; }

    public double BestAccuracy => _points.Max(p => p.Accuracy);

    public long BestStep => _points.First(p => p.Accuracy == BestAccuracy).Step;

    public double LastAccuracy => _points[^1].Accuracy;

    /// <summary>First step at which the test accuracy was at least this, or null.</summary>
    public long? FirstReached(double accuracy) =>
        _points.Where(p => p.Accuracy >= accuracy).Select(p => (long?)p.Step).FirstOrDefault();

    /// <summary>Trains to the end, or until the loss is not finite, or until cancelled.</summary>
    /// <param name="progress">Told the steps done, the last loss and the last accuracy.</param>
    /// <param name="cancellation">Ends the run after the step at work.</param>
    public void Run(Action<long, double, double> progress, CancellationToken cancellation)
    {
        Look();
        while (_trainer.StepsDone < _options.Steps)
        {
            cancellation.ThrowIfCancellationRequested();
            long until = Math.Min(_options.Steps, _trainer.StepsDone + _options.EvaluateEvery);
            if (!TrainTo(until, cancellation, out double loss))
                return;
            Look();
            progress(_trainer.StepsDone, loss, LastAccuracy);
        }
    }

    public void Dispose()
    {
        _probe.Dispose();
        _evaluator.Dispose();
        _trainer.Dispose();
        Model.Dispose();
    }

    private bool TrainTo(long until, CancellationToken cancellation, out double loss)
    {
        double last = double.NaN;
        _training.Start();
        try
        {
            _trainer.Run(until, step => last = step.Loss, cancellation);
            return true;
        }
        catch (NonFiniteLossException e)
        {
            Diverged = e.Message;
            return false;
        }
        finally
        {
            _training.Stop();
            loss = last;
        }
    }

    private void Look()
    {
        Evaluation evaluation = _evaluator.Run();
        _points.Add((_trainer.StepsDone, evaluation.Accuracy, evaluation.Loss));
        _probe.Run(_probed);
        Percentiles.Add(_trainer.StepsDone, _probed);
    }
}
