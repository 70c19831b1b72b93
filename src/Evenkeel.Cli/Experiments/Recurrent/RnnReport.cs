using System.Globalization;
using Evenkeel.Reporting;
using Evenkeel.Reporting.Charts;

namespace Evenkeel.Cli.Experiments.Recurrent;

/// <summary>Accuracy over training and gradients over time, as pictures and tables.</summary>
internal static class RnnReport
{
    public static ReportSpec Of(RnnExperiment experiment, string command, string provenance) =>
        new()
        {
            Title = "Batch normalisation in a recurrent network",
            Summary = [Summary(experiment), Method(experiment)],
            KeyFigures =
            [
                .. experiment.Runs.Select(run => new KeyFigureSpec(
                    run.Name,
                    MnistReport.Percent(run.BestAccuracy),
                    $"best test accuracy, at step {MnistReport.Count(run.BestStep)}"
                )),
            ],
            Figures = [Figure(experiment)],
            Tables = [Table(experiment)],
            Configuration = Configuration(experiment),
            Command = command,
            Provenance = provenance,
        };

    /// <summary>Accuracy, and gradients before and behind the training.</summary>
    public static FigureSpec Figure(RnnExperiment experiment) =>
        new()
        {
            Title = "Training, and gradients through time",
            Caption =
                "(a) Test accuracy, with the running statistics of each time step. (b, c) Norm of the gradient of the loss by the "
                + "hidden state of each time step, over that of the last step: what falls to the left vanishes, what rises explodes.",
            Charts =
            [
                Accuracy(experiment),
                Gradients(experiment, "(b) Gradients before training", run => run.GradientsBefore),
                Gradients(experiment, "(c) Gradients at the end", run => run.GradientsNow),
            ],
        };

    /// <summary>The gradient that reaches the first time step, over that of the last.</summary>
    public static double Reaching(double[] gradients) =>
        gradients.Length == 0 ? double.NaN : gradients[0] / gradients[^1];

    private static string Summary(RnnExperiment experiment)
    {
        RnnRun baseline = experiment.Baseline,
            normalized = experiment.Normalized;
        string race = normalized.FirstReached(baseline.BestAccuracy) is { } step
            ? $"It reaches the plain network's best accuracy after {MnistReport.Count(step)} steps, where that took {MnistReport.Count(baseline.BestStep)}."
            : "It does not reach the plain network's best accuracy in these steps.";
        return $"With batch normalisation (gamma 0.1) the network reads {MnistReport.Percent(normalized.BestAccuracy)} of the test images at its best, "
            + $"without it {MnistReport.Percent(baseline.BestAccuracy)}. {race}";
    }

    private static string Method(RnnExperiment e) =>
        string.Create(
            CultureInfo.InvariantCulture,
            $"Cooijmans et al. (2017): a long short-term memory of {e.Options.Units} units reads an image in {e.Options.TimeSteps} steps ({e.Options.Order.Word()}) and names its class after the last. Batch normalisation of what input and hidden state give the gates, and of the cell state, has statistics for each time step. All networks see the same batches of {RnnOptions.BatchSize}. Adam at {e.Options.LearningRate:g}, gradients clipped to norm {RnnOptions.ClipNorm}, hidden weights the identity. With batch normalisation the first hidden state has noise, as the authors advise; they used RMSProp. Data: {e.DataName}."
        );

    private static ChartSpec Accuracy(RnnExperiment experiment) =>
        new()
        {
            Title = "(a) Test accuracy",
            X = new AxisSpec { Label = "Training steps" },
            Y = new AxisSpec
            {
                Label = "Test accuracy",
                Minimum = 0,
                Maximum = 1,
            },
            Series =
            [
                .. experiment.Runs.Select(run => run.Curve(run.Name, Style(experiment, run), Colour(experiment, run))),
            ],
        };

    private static ChartSpec Gradients(RnnExperiment experiment, string title, Func<RnnRun, double[]> gradients) =>
        new()
        {
            Title = title,
            X = new AxisSpec { Label = "Time step" },
            Y = new AxisSpec { Label = "Gradient, over that of the last step", Scale = AxisScale.Logarithmic },
            Series =
            [
                .. experiment
                    .Runs.Where(run => gradients(run).Length > 0)
                    .Select(run => new SeriesSpec
                    {
                        Name = run.Name,
                        X = [.. gradients(run).Select((_, t) => (double)t)],
                        Y = [.. gradients(run).Select(norm => norm / gradients(run)[^1])],
                        Style = Style(experiment, run),
                        Colour = Colour(experiment, run),
                    }),
            ],
        };

    private static LineStyle Style(RnnExperiment experiment, RnnRun run) =>
        run == experiment.Normalized ? LineStyle.Solid : LineStyle.Dashed;

    private static int Colour(RnnExperiment experiment, RnnRun run) =>
        run == experiment.Normalized ? 0
        : run == experiment.Baseline ? 1
        : 2;

    private static TableSpec Table(RnnExperiment experiment) =>
        new()
        {
            Title = "Results",
            Columns =
            [
                "Network",
                "Best",
                "At step",
                "Last",
                "Plain network's best reached at",
                "Gradient at the first time step over the last: before",
                "at the end",
                "Seconds of training",
            ],
            Rows = [.. experiment.Runs.Select(run => Row(experiment, run))],
        };

    private static IReadOnlyList<string> Row(RnnExperiment experiment, RnnRun run) =>
        [
            run.Name,
            MnistReport.Percent(run.BestAccuracy),
            MnistReport.Count(run.BestStep),
            MnistReport.Percent(run.LastAccuracy),
            MnistReport.Count(run.FirstReached(experiment.Baseline.BestAccuracy)),
            Reaching(run.GradientsBefore).ToString("0.0e-0", CultureInfo.InvariantCulture),
            Reaching(run.GradientsNow).ToString("0.0e-0", CultureInfo.InvariantCulture),
            run.TrainingSeconds.ToString("F1", CultureInfo.InvariantCulture),
        ];

    private static string Configuration(RnnExperiment e) =>
        string.Create(
            CultureInfo.InvariantCulture,
            $"""
            data             {e.DataName}
            order            {e.Options.Order.Word()}, {e.Options.TimeSteps} time steps
            units            {e.Options.Units}
            steps            {e.Options.Steps}
            batch size       {RnnOptions.BatchSize}
            learning rate    {e.Options.LearningRate}
            optimiser        Adam, gradients clipped to norm {RnnOptions.ClipNorm}
            seed             {e.Options.Seed}
            convention       {BatchNormConvention.Default}
            evaluated every  {e.Options.EvaluateEvery} steps, on the first {RnnOptions.TestExamples} test images
            gradients of     the first {RnnOptions.ProbeSize} test images
            """
        );
}
