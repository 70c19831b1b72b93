using System.CommandLine;
using System.Globalization;
using Evenkeel.Cli.Experiments;
using Evenkeel.Cli.Experiments.Recurrent;
using Evenkeel.Cli.Terminal;
using Evenkeel.Runs;
using Evenkeel.Runs.Configuration;

namespace Evenkeel.Cli.Commands;

/// <summary><c>evenkeel reproduce rnn</c>: batch normalisation inside a recurrent network.</summary>
internal static class ReproduceRnnCommand
{
    private static readonly Option<string> Data = new("--data")
    {
        Description = "digits (built in), mnist, fashion, or a folder with MNIST's four files",
        DefaultValueFactory = _ => DataConfig.Digits,
    };

    private static readonly Option<string> Order = new Option<string>("--order")
    {
        Description = $"What a time step reads: {string.Join(", ", PixelOrders.ByName.Keys)}",
        DefaultValueFactory = _ => PixelOrder.Rows.Word(),
    }.AcceptOnlyFromAmong([.. PixelOrders.ByName.Keys]);

    private static readonly Option<int> Units = new Option<int>("--units")
    {
        Description = "Values of the hidden state",
        DefaultValueFactory = _ => 100,
    }.Within(1, 4096);

    private static readonly Option<double> Rate = new Option<double>("--learning-rate")
    {
        Description = "Learning rate of all networks",
        DefaultValueFactory = _ => 0.001,
    }.WithinRates();

    private static readonly ExperimentOptions Common = new("rnn", 1_000, "Training steps of each network");

    public static Command Create() =>
        Common
            .AddTo(
                new Command(
                    "rnn",
                    "A long short-term memory reads images in steps, with and without batch normalisation"
                )
                {
                    Data,
                    Order,
                    Units,
                    Rate,
                }
            )
            .WithStoppableBody(Run);

    private static int Run(ParseResult parse, CommandContext context)
    {
        string folder = Common.Folder(parse),
            report = ExperimentFolder.ReportIn(folder);
        var config = new PixelDataConfig
        {
            Source = DataConfig.FromCommandLine(parse.GetValue(Data)!),
            Encoding = "unit",
        };
        LoadedData data = PixelDataSource.Load(config, context.Host, context.Cancellation);
        var options = new RnnOptions(
            PixelOrders.ByName[parse.GetValue(Order)!],
            parse.GetValue(Units),
            Common.Steps(parse),
            parse.GetValue(Rate),
            Common.Seed(parse),
            Common.Threads(parse)
        );
        using var experiment = new RnnExperiment(new DatasetSplit(data.Train, data.Test), options);
        var saving = new Saving(context.Host);
        ExperimentFolder.SaveIfStopped(() => RunShown(experiment, context), Save);
        Save();
        Show(experiment, context, report);
        context.WriteJson(writer => RnnResultJson.Write(writer, experiment, report));
        saving.RequireAll();
        return experiment.Runs.Any(r => r.Diverged is not null) ? ExitCode.Failed : ExitCode.Done;

        void Save()
        {
            if (experiment.Runs.All(run => run.Points.Count > 0))
                ExperimentFolder.SaveFigure(
                    folder,
                    (command, provenance) => RnnReport.Of(experiment, command, provenance),
                    "rnn-",
                    (writer, path) => RnnResultJson.Write(writer, experiment, path),
                    saving
                );
        }
    }

    private static void RunShown(RnnExperiment experiment, CommandContext context) =>
        context.Progress.Follow(
            "training",
            "steps",
            experiment.Runs.Count * experiment.Options.Steps,
            task =>
            {
                var done = experiment.Runs.ToDictionary(run => run, _ => 0L);
                experiment.Run(
                    (run, step) =>
                    {
                        lock (done)
                        {
                            done[run] = step;
                            task.Describe($"accuracy {run.LastAccuracy:P1} {run.Name}");
                            task.Report(done.Values.Sum());
                        }
                    },
                    context.Cancellation
                );
            }
        );

    private static void Show(RnnExperiment experiment, CommandContext context, string report)
    {
        var table = new TextTable("network", "best", "at step", "last", "plain network's best at", "seconds");
        foreach (RnnRun run in experiment.Runs)
        {
            table.Row(
                run.Name,
                MnistReport.Percent(run.BestAccuracy),
                MnistReport.Count(run.BestStep),
                MnistReport.Percent(run.LastAccuracy),
                MnistReport.Count(run.FirstReached(experiment.Baseline.BestAccuracy)),
                run.TrainingSeconds.ToString("F1", CultureInfo.InvariantCulture)
            );
        }

        context.WriteTable(table);
        foreach (RnnRun run in experiment.Runs.Where(r => r.Diverged is not null))
            context.WriteLine($"{run.Name}: {run.Diverged}");
        context.WriteLine($"report: {report}");
    }
}
