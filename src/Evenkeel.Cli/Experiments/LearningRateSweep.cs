namespace Evenkeel.Cli.Experiments;

/// <summary>How a network did at one learning rate.</summary>
/// <param name="LearningRate">The rate.</param>
/// <param name="Network">Which of the two networks.</param>
/// <param name="Best">Best test accuracy.</param>
/// <param name="Last">Test accuracy at the end.</param>
/// <param name="Outcome">learns, unstable, stuck or diverged.</param>
internal sealed record SweepRow(double LearningRate, string Network, double Best, double Last, string Outcome);

/// <summary>The experiment at a series of learning rates: where each network stops learning or diverges.</summary>
internal static class LearningRateSweep
{
    // Guessing gets 10%; what stays below twice that has learnt nothing to speak of.
    private const double Chance = 0.2;

    // Ending this far below its own best means that the rate is too high to stay where it has been.
    private const double Unstable = 0.05;

    /// <summary>Rates from far too small to far too large.</summary>
    public static readonly double[] DefaultRates = [0.01, 0.03, 0.1, 0.3, 0.5, 1, 2, 3, 5, 10, 20, 30, 50, 100];

    public static IEnumerable<SweepRow> Run(
        DatasetSplit data,
        MnistExperimentOptions options,
        IEnumerable<double> rates,
        CancellationToken cancellation
    )
    {
        foreach (double rate in rates)
        {
            using var experiment = new MnistExperiment(data, options with { LearningRate = rate });
            experiment.Run((_, _) => { }, cancellation);
            foreach (NetworkRun run in experiment.Runs)
                yield return new SweepRow(rate, run.Name, run.BestAccuracy, run.LastAccuracy, Outcome(run));
        }
    }

    private static string Outcome(NetworkRun run) =>
        run.Diverged is not null ? "diverged"
        : run.BestAccuracy < Chance ? "stuck at chance"
        : run.LastAccuracy < run.BestAccuracy - Unstable ? "unstable"
        : "learns";
}
