using System.Globalization;
using Evenkeel.Cli.Terminal;
using Evenkeel.Reporting;
using Evenkeel.Runs;

namespace Evenkeel.Cli.Experiments.Gradients;

/// <summary>How gradients go through deep networks, as pictures and tables.</summary>
internal static class GradientReport
{
    /// <summary>Columns of the first table, for the page and the terminal.</summary>
    public static IReadOnlyList<string> Columns { get; } =
    [
        "network",
        "layers",
        "scale",
        "rms before",
        "at end",
        "near 1 before",
        "at end",
        "gradient before",
        "at end",
        "saturated",
        "beta",
        "accuracy",
    ];

    /// <summary>Writes the report, its pictures and the results.</summary>
    public static void Save(GradientExperiment experiment, string folder, Saving saving)
    {
        ReportSpec report = Of(experiment, ToolCommand.OfThisProcess(), Provenance.Describe());
        ExperimentFolder.Save(
            folder,
            report,
            report.Figures.SelectMany(
                (figure, i) => figure.Charts.Select(chart => ($"gradients-{(char)('a' + i)}-{chart.Title}.svg", chart))
            ),
            writer => GradientResultJson.Write(writer, experiment, ExperimentFolder.ReportIn(folder)),
            saving
        );
    }

    private static ReportSpec Of(GradientExperiment experiment, string command, string provenance) =>
        new()
        {
            Title = "Batch normalisation and the propagation of gradients",
            Summary = [Summary(experiment), Method(experiment)],
            Figures = [.. new GradientCharts(experiment).Figures()],
            Tables =
            [
                new TableSpec
                {
                    Title = "All networks",
                    Columns = Columns,
                    Rows = [.. Rows(experiment)],
                },
                new TableSpec
                {
                    Title = "Singular values: smallest .. middle .. largest",
                    Columns = ["network", "layers", "scale", "before training", "at the end"],
                    Rows = [.. GradientGroup.Of(experiment.Results).Select(Spectra)],
                },
                new TableSpec
                {
                    Title = "Along the gradient, mean of the looks during training",
                    Columns = ["network", "layers", "scale", "range of the loss", "change of the gradient", "beta"],
                    Rows = [.. GradientGroup.Of(experiment.Results).Select(Smoothness)],
                },
            ],
            Configuration = Configuration(experiment),
            Command = command,
            Provenance = provenance,
        };

    /// <summary>A row for each kind of network.</summary>
    public static IEnumerable<IReadOnlyList<string>> Rows(GradientExperiment experiment) =>
        GradientGroup.Of(experiment.Results).Select(Row);

    private static IReadOnlyList<string> Row(GradientGroup group) =>
        [
            .. Kind(group),
            Small(group.Median(r => r.Before.RootMeanSquare)),
            Small(group.Median(r => r.After.RootMeanSquare)),
            Share(group.Median(r => r.Before.Jacobians.Average(j => j.NearOne))),
            Share(group.Median(r => r.After.Jacobians.Average(j => j.NearOne))),
            Small(group.Median(r => r.Before.Reaching)),
            Small(group.Median(r => r.After.Reaching)),
            Share(group.Median(r => r.After.Saturated.Average())),
            Small(group.Median(r => r.Smoothness[^1].Smoothness)),
            Share(group.Median(r => r.LastAccuracy)) + (group.Diverged > 0 ? " (diverged)" : ""),
        ];

    private static IReadOnlyList<string> Spectra(GradientGroup group) =>
        [.. Kind(group), Spectrum(group, r => r.Before), Spectrum(group, r => r.After)];

    private static IReadOnlyList<string> Smoothness(GradientGroup group) =>
        [
            .. Kind(group),
            Small(group.Median(r => DuringTraining(r, s => s.LossRange))),
            Small(group.Median(r => DuringTraining(r, s => s.GradientChange))),
            Small(group.Median(r => DuringTraining(r, s => s.Smoothness))),
        ];

    // The first look is before training; where that has failed at once, there is no other.
    private static double DuringTraining(GradientResult result, Func<LossSmoothness, double> number) =>
        result.Smoothness.Skip(1).Select(number).DefaultIfEmpty(double.NaN).Average();

    private static string[] Kind(GradientGroup group) =>
        [
            $"{DeepNetwork.Word(group.Network.Activation)}{(group.Network.BatchNorm ? " + BN" : "")}",
            group.Network.Depth.ToString(CultureInfo.InvariantCulture),
            group.Network.Scale.ToString("g", CultureInfo.InvariantCulture),
        ];

    // Smallest, middle, largest over all places.
    private static string Spectrum(GradientGroup group, Func<GradientResult, DepthProfile> profile) =>
        $"{Small(group.Median(r => profile(r).Jacobians.Min(j => j.Minimum)))} .. "
        + $"{Small(group.Median(r => Middle(profile(r).Jacobians.Select(j => j.Median))))} .. "
        + Small(group.Median(r => profile(r).Jacobians.Max(j => j.Maximum)));

    private static double Middle(IEnumerable<double> values)
    {
        double[] sorted = [.. values.Order()];
        return sorted[sorted.Length / 2];
    }

    // Ordinary numbers with three digits, others as powers of ten.
    private static string Small(double value) =>
        value.ToString(value is 0 or (>= 0.01 and < 1000) ? "0.###" : "0.0e-0", CultureInfo.InvariantCulture);

    private static string Share(double value) => value.ToString("P0", CultureInfo.InvariantCulture);

    private static string Summary(GradientExperiment experiment)
    {
        string limits = string.Join(
            ", ",
            experiment.Options.Activations.Select(a =>
                $"{Small(WideLimit.RootMeanSquare(a))} for {DeepNetwork.Word(a)}"
            )
        );
        return "Section 3.3 of Ioffe & Szegedy (2015) conjectures that batch normalisation brings the singular values of layer Jacobians near 1. "
            + $"Before training their root mean square is {Range(experiment, true)} with it and {Range(experiment, false)} without it. "
            + $"For wide normalised layers theory gives {limits}.";
    }

    private static string Range(GradientExperiment experiment, bool batchNorm)
    {
        double[] found =
        [
            .. experiment
                .Results.Where(r => r.Network.BatchNorm == batchNorm)
                .Select(r => r.Before.RootMeanSquare)
                .Order(),
        ];
        return found.Length == 0 ? "not measured" : $"{Small(found[0])} to {Small(found[^1])}";
    }

    private static string Method(GradientExperiment e) =>
        string.Create(
            CultureInfo.InvariantCulture,
            $"Hidden layers of {e.Options.Width} units, {e.Options.Steps:N0} steps of {GradientOptions.BatchSize} examples, plain gradient descent at rate {e.Options.LearningRate:g}; the first weights are Gaussian, of the deviation of Xavier (He for ReLU) times the scale. The Jacobian of a layer goes from what its nonlinearity reads to what the next one reads; the statistics of the batch are held. Singular values are those of {GradientOptions.JacobianExamples} examples at {GradientOptions.JacobianPlaces} places of a network together: their root mean square (rms), and the part of them from 1/2 to 2 (near 1). Gradient is that of the first hidden layer over that of the last. Beta is the largest change of the gradient over the distance gone, at the end. {(e.Options.Seeds > 1 ? $"Numbers are medians over {e.Options.Seeds} seeds. " : "")}Data: {e.DataName}."
        );

    private static string Configuration(GradientExperiment e) =>
        string.Create(
            CultureInfo.InvariantCulture,
            $"""
            data             {e.DataName}
            activations      {string.Join(", ", e.Options.Activations.Select(DeepNetwork.Word))}
            depths           {string.Join(", ", e.Options.Depths)}
            scales           {string.Join(", ", e.Options.Scales)}
            width            {e.Options.Width}
            steps            {e.Options.Steps}
            batch size       {GradientOptions.BatchSize}
            learning rate    {e.Options.LearningRate}
            seeds            {e.Options.Seeds} from {e.Options.Seed}
            convention       {BatchNormConvention.Default}
            measured on      the first {GradientOptions.BatchSize} test images
            accuracy on      the first {GradientOptions.TestExamples} test images
            """
        );
}
