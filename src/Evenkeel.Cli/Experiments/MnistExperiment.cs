using System.Runtime.ExceptionServices;
using Evenkeel.Data;
using Evenkeel.Execution;

namespace Evenkeel.Cli.Experiments;

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
    /// <param name="progress">Told the network, the steps done, the last loss and the last accuracy; from any thread.</param>
    /// <param name="cancellation">Ends both runs.</param>
    public void Run(Action<NetworkRun, long, double, double> progress, CancellationToken cancellation)
    {
        if (Options.Threads < 2)
        {
            foreach (NetworkRun run in Runs)
                run.Run((step, loss, accuracy) => progress(run, step, loss, accuracy), cancellation);
        }
        else
        {
            RunTogether(progress, cancellation);
        }

        if (Normalized.Diverged is null)
        {
            using var device = Device.Cpu(Options.Threads);
            Frozen = FrozenResult.Of(Normalized.Model, _data, device);
        }

        HasEnded = true;
    }

    public void Dispose()
    {
        Baseline.Dispose();
        Normalized.Dispose();
        Frozen?.Model.Dispose();
    }

    private void RunTogether(Action<NetworkRun, long, double, double> progress, CancellationToken cancellation)
    {
        IReadOnlyList<NetworkRun> runs = Runs;
        var failures = new ExceptionDispatchInfo?[runs.Count];
        Thread[] threads =
        [
            .. runs.Select(
                (run, i) =>
                    new Thread(() =>
                    {
                        try
                        {
                            run.Run((step, loss, accuracy) => progress(run, step, loss, accuracy), cancellation);
                        }
                        catch (Exception e)
                        {
                            failures[i] = ExceptionDispatchInfo.Capture(e);
                        }
                    })
                    {
                        Name = run.Name,
                    }
            ),
        ];
        foreach (Thread thread in threads)
            thread.Start();
        foreach (Thread thread in threads)
            thread.Join();
        Array.Find(failures, f => f is not null)?.Throw();
    }
}
