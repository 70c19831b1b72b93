namespace Evenkeel.Cli.Experiments.Recurrent;

/// <summary>Trains a long short-term memory three times on the same batches: plain, and with batch normalisation of small and of full gamma.</summary>
internal sealed class RnnExperiment : IDisposable
{
    public RnnExperiment(DatasetSplit data, RnnOptions options)
    {
        Options = options;
        DataName = data.Train.Name.Replace(" train", "", StringComparison.Ordinal);
        DatasetSplit ordered = options.Order.IsPermuted()
            ? new DatasetSplit(
                new PermutedPixels(data.Train, options.Seed),
                new PermutedPixels(data.Test, options.Seed)
            )
            : data;
        Baseline = new RnnRun("LSTM", null, ordered, options);
        Normalized = new RnnRun("BN-LSTM, gamma 0.1", 0.1f, ordered, options);
        Full = new RnnRun("BN-LSTM, gamma 1", 1, ordered, options);
    }

    public RnnOptions Options { get; }

    public string DataName { get; }

    /// <summary>Without batch normalisation.</summary>
    public RnnRun Baseline { get; }

    /// <summary>With gamma 0.1 at the start, as the authors advise.</summary>
    public RnnRun Normalized { get; }

    /// <summary>With gamma 1.</summary>
    public RnnRun Full { get; }

    public IReadOnlyList<RnnRun> Runs => [Baseline, Normalized, Full];

    /// <summary>Trains all of them; how many at a time changes no bit of any.</summary>
    /// <param name="progress">Told the network and the steps done; from any thread.</param>
    /// <param name="cancellation">Ends all runs.</param>
    public void Run(Action<RnnRun, long> progress, CancellationToken cancellation) =>
        SideBySide.Run(
            Options.Threads,
            [.. from run in Runs select (Action)(() => run.Run(step => progress(run, step), cancellation))]
        );

    public void Dispose()
    {
        foreach (RnnRun run in Runs)
            run.Dispose();
    }
}
