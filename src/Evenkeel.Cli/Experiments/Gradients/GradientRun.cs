using Evenkeel.Diagnostics;
using Evenkeel.Training.Schedules;

namespace Evenkeel.Cli.Experiments.Gradients;

/// <summary>Trains one deep network, and measures how gradients go through it before and at the end.</summary>
internal sealed class GradientRun : JudgedRun, IDisposable
{
    private readonly DeepNetwork _network;
    private readonly GradientOptions _options;
    private readonly Device _device = Device.Cpu(1);
    private readonly Model _model;
    private readonly IDataset _batch;
    private readonly Trainer _trainer;
    private readonly Evaluator _evaluator;
    private readonly PropagationProbe _propagation;
    private readonly SmoothnessProbe _smoothness;
    private readonly List<LossSmoothness> _smooth = [];

    public GradientRun(DeepNetwork network, DatasetSplit data, GradientOptions options)
    {
        (_network, _options) = (network, options);
        _model = Model.Create(network.Build(data.Train.InputLength, options.Width, data.Train.Classes), network.Seed);
        _trainer = new Trainer(
            _model,
            data.Train,
            new TrainingOptions
            {
                BatchSize = GradientOptions.BatchSize,
                LearningRate = new ConstantRate(options.LearningRate),
                Seed = network.Seed,
            },
            _device
        );
        IDataset test = data.Test.Take(Math.Min(GradientOptions.TestExamples, data.Test.Count));
        _evaluator = new Evaluator(_model, test, _device);
        _batch = test.Take(Math.Min(GradientOptions.BatchSize, test.Count));
        _propagation = new PropagationProbe(_model, _batch, new SoftmaxCrossEntropy(), _device);
        _smoothness = new SmoothnessProbe(_model, _batch, options.LearningRate, _device);
    }

    /// <summary>Trains to the end, or until the loss is not finite, or until cancelled.</summary>
    public GradientResult Run(CancellationToken cancellation)
    {
        DepthProfile before = Profile();
        Train(_trainer, _evaluator, _options.Steps, _options.LookEvery, _ => { }, cancellation);
        return new GradientResult(
            _network,
            before,
            Profile(),
            _smooth,
            BestAccuracy,
            Points[^1].Result.Accuracy,
            Diverged
        );
    }

    public void Dispose()
    {
        _smoothness.Dispose();
        _propagation.Dispose();
        _evaluator.Dispose();
        _trainer.Dispose();
        _device.Dispose();
        _model.Dispose();
    }

    protected override void Look(long step) => _smooth.Add(_smoothness.Run(step));

    private DepthProfile Profile()
    {
        Propagation found = _propagation.Run();
        int places = Math.Min(GradientOptions.JacobianPlaces, _network.Depth - 1);
        IEnumerable<int> layers = Enumerable
            .Range(0, places)
            .Select(i => 1 + (int)Math.Round((double)i * (_network.Depth - 2) / Math.Max(1, places - 1)));
        return new DepthProfile(
            _trainer.StepsDone,
            [.. layers.Select(JacobianAt)],
            [.. found.Signals.Select(s => s.Value)],
            [.. found.Saturated.Select(s => s.Value)]
        );
    }

    private LayerJacobian JacobianAt(int layer)
    {
        var held = new JacobianOptions { Examples = GradientOptions.JacobianExamples };
        using var probe = new JacobianProbe(
            _model,
            _batch,
            _network.Signal(layer),
            _network.Signal(layer + 1),
            held,
            _device
        );
        return LayerJacobian.Of(layer, probe.Run());
    }
}
