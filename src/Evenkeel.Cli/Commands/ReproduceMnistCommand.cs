using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using Evenkeel.Cli.Experiments;
using Evenkeel.Cli.Models;
using Evenkeel.Cli.Terminal;
using Evenkeel.Runs;
using Evenkeel.Runs.Configuration;
using Evenkeel.Runs.Text;

namespace Evenkeel.Cli.Commands;

/// <summary><c>evenkeel reproduce mnist</c>: section 4.1 of the paper.</summary>
internal static class ReproduceMnistCommand
{
    private const long DefaultSteps = 20_000;

    private static readonly Option<string> Data = new("--data")
    {
        Description = "digits (built in), mnist, fashion, or a folder with MNIST's four files",
        DefaultValueFactory = _ => DataConfig.Digits,
    };

    private static readonly Option<double> Rate = new Option<double>("--learning-rate")
    {
        Description = "Learning rate of both networks",
        DefaultValueFactory = _ => 0.5,
    }.WithinRates();

    private static readonly Option<long?> EvaluateEvery = new Option<long?>("--evaluate-every")
    {
        Description = "Steps between two points of the curves; default: steps / 200, at least 50",
    }.Within(1, NumberRange.MaxSteps);

    private static readonly Option<double[]> Sweep = new Option<double[]>("--sweep")
    {
        Description = "Instead of one run, try these learning rates (no value: a series from 0.01 to 100)",
        Arity = ArgumentArity.ZeroOrMore,
        AllowMultipleArgumentsPerToken = true,
    }.WithinRates();

    private static readonly Option<string?> Storage = StorageOption.Create();

    private static readonly ExperimentOptions Common = new(
        "mnist",
        DefaultSteps,
        "Training steps of each network; the paper used 50000"
    );

    public static Command Create()
    {
        var command = new Command("mnist", "Section 4.1: two sigmoid networks, with and without batch normalisation")
        {
            Data,
            Rate,
            EvaluateEvery,
            Sweep,
            Storage,
        };
        return Common.AddTo(command).WithStoppableBody(Run);
    }

    private static int Run(ParseResult parse, CommandContext context)
    {
        string folder = Common.Folder(parse),
            report = ExperimentFolder.ReportIn(folder);
        MnistExperimentOptions options = ReadOptions(parse);
        LoadedData data = PixelDataSource.Load(
            new PixelDataConfig { Source = DataConfig.FromCommandLine(parse.GetValue(Data)!) },
            context.Host,
            context.Cancellation
        );
        var split = new DatasetSplit(data.Train, data.Test);
        if (parse.GetResult(Sweep) is { Implicit: false })
            return RunSweep(parse, context, options, split);
        using var experiment = new MnistExperiment(split, options);
        var saving = new Saving(context.Host);
        ExperimentFolder.SaveIfStopped(() => RunShown(experiment, context), Save);
        Save();
        Show(experiment, context, report);
        context.WriteJson(writer => MnistResultJson.Write(writer, experiment, report));
        saving.RequireAll();
        return experiment.Runs.Any(r => r.Diverged is not null) ? ExitCode.Failed : ExitCode.Done;

        void Save()
        {
            if (experiment.Runs.All(run => run.Points.Count > 0))
                ExperimentFolder.SaveFigure(
                    folder,
                    (command, provenance) => MnistReport.Of(experiment, command, provenance),
                    "figure1",
                    (writer, path) => MnistResultJson.Write(writer, experiment, path),
                    saving
                );
            SaveNetworks(experiment, folder, data.Config, saving);
        }
    }

    private static MnistExperimentOptions ReadOptions(ParseResult parse)
    {
        long steps = Common.Steps(parse);
        return new MnistExperimentOptions(
            steps,
            parse.GetValue(Rate),
            Common.Seed(parse),
            Common.Threads(parse),
            parse.GetValue(EvaluateEvery) ?? MnistExperimentOptions.DefaultInterval(steps)
        )
        {
            KeepActivations = StorageOption.Read(parse, Storage) ?? default,
        };
    }

    private static void RunShown(MnistExperiment experiment, CommandContext context) =>
        context.Progress.Follow(
            "training",
            "steps",
            2 * experiment.Options.Steps,
            task =>
            {
                var done = experiment.Runs.ToDictionary(run => run, _ => (Step: 0L, Accuracy: 0.0));
                experiment.Run(
                    (run, step) =>
                    {
                        lock (done)
                        {
                            done[run] = (step, run.LastAccuracy);
                            task.Describe(
                                $"accuracy {done[experiment.Baseline].Accuracy:P1} plain, {done[experiment.Normalized].Accuracy:P1} BN"
                            );
                            task.Report(done.Values.Sum(d => d.Step));
                        }
                    },
                    context.Cancellation
                );
            }
        );

    private static void SaveNetworks(MnistExperiment experiment, string folder, DataConfig data, Saving saving)
    {
        Dictionary<string, string> notes = TrainingNotes.Of(data, data.ClassNames, new SoftmaxCrossEntropy());
        Save(experiment.Baseline.Model, "without-bn.safetensors");
        Save(experiment.Normalized.Model, "with-bn.safetensors");
        if (experiment.Frozen is { } frozen)
            Save(frozen.Model, "with-bn-folded.safetensors");

        void Save(Model model, string file) =>
            saving.Try(file, () => ModelFile.Save(model, Path.Combine(folder, file), notes));
    }

    private static void Show(MnistExperiment experiment, CommandContext context, string report)
    {
        var table = new TextTable(
            "network",
            "best",
            "at step",
            "last",
            "baseline's best at",
            "median drift",
            "seconds"
        );
        foreach (NetworkRun run in experiment.Runs)
        {
            table.Row(
                run.Name,
                MnistReport.Percent(run.BestAccuracy),
                MnistReport.Count(run.BestStep),
                MnistReport.Percent(run.LastAccuracy),
                MnistReport.Count(run.FirstReached(experiment.Baseline.BestAccuracy)),
                run.Drift[1].Relative.ToString("F2", CultureInfo.InvariantCulture),
                run.TrainingSeconds.ToString("F1", CultureInfo.InvariantCulture)
            );
        }

        context.WriteTable(table);
        if (experiment.Frozen is { } frozen)
        {
            context.WriteLine(
                $"Algorithm 2: population statistics measured and folded into the linear layers; accuracy {MnistReport.Percent(frozen.Accuracy)}."
            );
        }

        foreach (NetworkRun run in experiment.Runs.Where(r => r.Diverged is not null))
            context.WriteLine($"{run.Name}: {run.Diverged}");
        context.WriteLine($"report: {report}");
    }

    private static int RunSweep(
        ParseResult parse,
        CommandContext context,
        MnistExperimentOptions options,
        DatasetSplit data
    )
    {
        double[] rates = parse.GetValue(Sweep) is { Length: > 0 } given ? given : LearningRateSweep.DefaultRates;
        var rows = new List<SweepRow>();
        context.Progress.Follow(
            "sweeping learning rates",
            "runs",
            2 * rates.Length,
            task =>
            {
                foreach (SweepRow row in LearningRateSweep.Run(data, options, rates, context.Cancellation))
                {
                    rows.Add(row);
                    task.Describe($"rate {row.LearningRate:g}: {row.Network} {row.Outcome}");
                    task.Report(rows.Count);
                }
            }
        );
        var table = new TextTable("learning rate", "network", "best", "last", "outcome");
        foreach (SweepRow row in rows)
        {
            table.Row(
                row.LearningRate.ToString("g", CultureInfo.InvariantCulture),
                row.Network,
                MnistReport.Percent(row.Best),
                MnistReport.Percent(row.Last),
                row.Outcome
            );
        }

        context.WriteTable(table);
        context.WriteJson(writer => WriteSweep(writer, rows, options, data));
        return ExitCode.Done;
    }

    private static void WriteSweep(
        Utf8JsonWriter writer,
        List<SweepRow> rows,
        MnistExperimentOptions options,
        DatasetSplit data
    )
    {
        writer.WriteString("experiment", "mnist learning rates");
        writer.WriteString("data", data.Train.Name);
        writer.WriteNumber("steps", options.Steps);
        writer.WriteNumber("seed", options.Seed);
        foreach (SweepRow row in writer.Objects("runs", rows))
        {
            writer.WriteNumber("learningRate", row.LearningRate);
            writer.WriteString("network", row.Network);
            writer.WriteNumber("bestAccuracy", row.Best);
            writer.WriteNumber("lastAccuracy", row.Last);
            writer.WriteString("outcome", row.Outcome);
        }
    }
}
