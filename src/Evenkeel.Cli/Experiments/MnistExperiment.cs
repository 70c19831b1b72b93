using Evenkeel.Training;

namespace Evenkeel.Cli.Experiments;

/// <summary>Algorithm 2, lines 7-12, on the trained network.</summary>
/// <param name="Model">The network without batch normalisation.</param>
/// <param name="Accuracy">Its test accuracy.</param>
internal sealed record FrozenResult(Model Model, double Accuracy);

/// <summary>Trains the two networks from the same weights on the same batches, side by side.</summary>
internal sealed class MnistExperiment : IDisposable
{
    private readonly DatasetSplit _data;

    public MnistExperiment(DatasetSplit data, MnistExperimentOptions options)
    {
        _data = data;
        Options = options;
        int each = Math.Max(1, options.Threads / 2);
        Baseline = new NetworkRun("without BN", false, data, options, each);
        Normalized = new NetworkRun("with BN", true, data, options, each);
    }

    public MnistExperimentOptions Options { get; }

    public NetworkRun Baseline { get; }

    public NetworkRun Normalized { get; }

    public IReadOnlyList<NetworkRun> Runs => [Baseline, Normalized];

    /// <summary>The batch-normalised network with population statistics folded in; null until the run has ended.</summary>
    public FrozenResult? Frozen { get; private set; }

    /// <summary>Whether both networks were trained to their end.</summary>
    public bool HasEnded { get; private set; }

    public string DataName => _data.Train.Name.Replace(" train", "", StringComparison.Ordinal);

    /// <summary>Trains both networks; two threads or more run them at the same time, which changes no bit of either.</summary>
    /// <param name="progress">Told the network and the steps done; from any thread.</param>
    /// <param name="cancellation">Ends both runs.</param>
    public void Run(Action<NetworkRun, long> progress, CancellationToken cancellation)
    {
        SideBySide.Run(
            Options.Threads,
            [.. from run in Runs select (Action)(() => run.Run(step => progress(run, step), cancellation))]
        );
        if (Normalized.Diverged is null)
        {
            using var device = Device.Cpu(Options.Threads);
            var options = new PopulationOptions(BatchSize: MnistExperimentOptions.BatchSize);
            Model frozen = Normalized.Model.FoldBatchNorm(_data.Train, options, device);
            Frozen = new FrozenResult(frozen, frozen.Evaluate(_data.Test, device).Accuracy);
        }

        HasEnded = true;
    }

    public void Dispose()
    {
        Baseline.Dispose();
        Normalized.Dispose();
        Frozen?.Model.Dispose();
    }
}
