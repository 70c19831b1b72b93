namespace Evenkeel.Cli.Experiments.Gradients;

/// <summary>Measures how gradients go through networks of several depths, nonlinearities and initial scales, with and without batch normalisation.</summary>
internal sealed class GradientExperiment(DatasetSplit data, GradientOptions options)
{
    private readonly DeepNetwork[] _networks = [.. options.Networks];
    private readonly GradientResult?[] _results = new GradientResult?[options.Networks.Count];

    public GradientOptions Options { get; } = options;

    public string DataName { get; } = data.Train.Name.Replace(" train", "", StringComparison.Ordinal);

    /// <summary>How many networks there are.</summary>
    public int Count => _networks.Length;

    /// <summary>What is done, in the order of the networks.</summary>
    public IReadOnlyList<GradientResult> Results => [.. _results.OfType<GradientResult>()];

    /// <summary>Runs all networks; how many at a time changes no bit of any.</summary>
    /// <param name="progress">Told each result; from any thread.</param>
    /// <param name="cancellation">Ends all runs; <see cref="Results"/> are those that are done.</param>
    public void Run(Action<GradientResult> progress, CancellationToken cancellation) =>
        SideBySide.Run(
            Options.Threads,
            [
                .. _networks.Select(
                    (network, i) =>
                        (Action)(
                            () =>
                            {
                                cancellation.ThrowIfCancellationRequested();
                                using var run = new GradientRun(network, data, Options);
                                GradientResult result = run.Run(cancellation);
                                _results[i] = result;
                                progress(result);
                            }
                        )
                ),
            ]
        );
}
