using Evenkeel.Cli.Experiments;

namespace Evenkeel.Cli.Claims.Measuring;

/// <summary>A network trained from one seed, on one thread.</summary>
internal sealed class Trial : JudgedRun, IDisposable
{
    private readonly DatasetSplit _data;

    public Trial(TrialPlan plan, DatasetSplit data, ulong seed)
    {
        (Plan, Seed, _data) = (plan, seed, data);
        Device = Device.Cpu(1);
        Model = Model.Create(plan.Network, seed);
    }

    public TrialPlan Plan { get; }

    public ulong Seed { get; }

    public Model Model { get; }

    /// <summary>Computes on one thread.</summary>
    public Device Device { get; }

    /// <summary>Test accuracy at the end; chance for a run whose loss stopped being finite.</summary>
    public double LastAccuracy => Diverged is null ? Points[^1].Result.Accuracy : 1.0 / _data.Test.Classes;

    /// <summary>The network as it is now on some of the training data.</summary>
    public Evaluation OnTrainingData(int examples) =>
        Model.Evaluate(_data.Train.Take(Math.Min(examples, _data.Train.Count)), Device);

    /// <summary>Trains to the end, or until the loss is not finite.</summary>
    public void Run(CancellationToken cancellation)
    {
        TrainingOptions options = Plan.Training with { Seed = Seed, Prefetch = 0 };
        using var trainer = new Trainer(Model, _data.Train, options, Device);
        using var evaluator = new Evaluator(Model, _data.Test, Device, loss: options.Loss);
        Train(trainer, evaluator, Plan.Steps, Math.Max(1, Plan.Steps / Plan.Looks), _ => { }, cancellation);
    }

    public void Dispose()
    {
        Model.Dispose();
        Device.Dispose();
    }
}
