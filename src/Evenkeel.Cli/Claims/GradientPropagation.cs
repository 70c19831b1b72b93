using Evenkeel.Cli.Claims.Measuring;
using Evenkeel.Cli.Experiments.Gradients;

namespace Evenkeel.Cli.Claims;

/// <summary>Singular values of layer Jacobians, and gradients over depth, as of <c>reproduce gradients</c>.</summary>
internal sealed class GradientPropagation() : Claim(8)
{
    // Of the singular values of a layer: from 1/2 to 2.
    private const double MostlyNearOne = 0.5;

    public override string Statement =>
        "Batch normalisation may bring the singular values of layer Jacobians near 1, so that gradients go through deep networks unchanged.";

    public override string Source => "section 3.3, a conjecture";

    public override string Rule =>
        "Each kind of network (nonlinearity, depth, initial scale) is compared with and without batch normalisation before training. Holds if with it most "
        + "singular values lie from 1/2 to 2 for every kind, and gradients at the first and last layer differ by a smaller factor; holds in part if the latter "
        + "shows for most kinds.";

    public override Finding Measure(ClaimSetting setting)
    {
        InMemorySplit data = setting.Pixels();
        GradientOptions options = Options(setting);
        var experiment = new GradientExperiment(data.Split, options);
        int done = 0;
        experiment.Run(
            _ => setting.Progress($"{Interlocked.Increment(ref done)} of {experiment.Count} networks"),
            setting.Cancellation
        );
        Kind[] kinds =
        [
            .. experiment
                .Results.GroupBy(r => r.Network with { BatchNorm = false, Seed = 0 })
                .Select(group => new Kind(
                    [.. group.Where(r => !r.Network.BatchNorm)],
                    [.. group.Where(r => r.Network.BatchNorm)]
                )),
        ];
        int level = kinds.Count(k => k.Normalized.OffLevel < k.Plain.OffLevel),
            near = kinds.Count(k => k.Normalized.NearOne > MostlyNearOne);
        return new Finding(
            level == kinds.Length && near == kinds.Length ? Verdict.Holds
                : 2 * level > kinds.Length ? Verdict.HoldsInPart
                : Verdict.DoesNotHold,
            $"Gradients differ less between the first and the last layer with batch normalisation for {level} of {kinds.Length} kinds of network; most singular "
                + $"values are near 1 for {near} kinds with it and {kinds.Count(k => k.Plain.NearOne > MostlyNearOne)} without. The effective smoothness of the "
                + $"loss (Santurkar et al. 2018) is better with it for {kinds.Count(k => k.Normalized.Beta < k.Plain.Beta)} kinds at the end."
        )
        {
            Scale =
                $"Hidden layers of {options.Width} units, {options.Steps:N0} steps of {GradientOptions.BatchSize} examples; {data.Name}; {options.Seeds} seeds.",
            Figures = [.. new GradientCharts(experiment).Figures().Take(3)],
            Tables =
            [
                new Reporting.TableSpec
                {
                    Title = "Medians over the seeds",
                    Columns = GradientReport.Columns,
                    Rows = [.. GradientReport.Rows(experiment)],
                },
            ],
        };
    }

    private static GradientOptions Options(ClaimSetting setting) =>
        new()
        {
            Depths = setting.Of<IReadOnlyList<int>>([5, 20], [5, 20, 50]),
            Scales = setting.Of<IReadOnlyList<double>>([0.5, 2], [0.5, 1, 2]),
            Width = setting.Of(32, 64),
            Steps = setting.Of(60L, 1_000L),
            Seed = setting.Seed,
            Seeds = setting.Seeds.Count,
            Threads = setting.Threads,
        };

    /// <summary>Networks that differ in batch normalisation alone.</summary>
    private sealed class Kind(GradientResult[] plain, GradientResult[] normalized)
    {
        public Figures Plain { get; } = new(plain);

        public Figures Normalized { get; } = new(normalized);
    }

    private sealed class Figures(GradientResult[] results)
    {
        /// <summary>Decimal orders of magnitude between the gradients of the first and the last layer.</summary>
        public double OffLevel { get; } = results.Average(r => Orders(r.Before.Reaching));

        public double NearOne { get; } = results.Average(r => r.Before.Jacobians.Average(j => j.NearOne));

        public double Beta { get; } = results.Average(r => r.Smoothness[^1].Smoothness);

        // What is 0 in floats is as far away as the smallest of them.
        private static double Orders(double ratio) =>
            ratio > 0 && double.IsFinite(ratio) ? Math.Abs(Math.Log10(ratio)) : 45;
    }
}
