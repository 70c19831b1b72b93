using System.CommandLine;
using Evenkeel.Cli.Experiments;
using Evenkeel.Cli.Terminal;
using Evenkeel.Data;
using Evenkeel.Runs;
using Evenkeel.Runs.Configuration;

namespace Evenkeel.Cli.Commands;

/// <summary><c>evenkeel reproduce repair</c>: what damaged statistics cost, and what measuring them anew gives back.</summary>
internal static class ReproduceRepairCommand
{
    private static readonly Option<string> Data = new("--data")
    {
        Description = "digits (built in), mnist, fashion, or a folder with MNIST's four files",
        DefaultValueFactory = _ => DataConfig.Digits,
    };

    private static readonly ExperimentOptions Common = new("repair", 5_000, "Training steps of the network");

    public static Command Create() =>
        Common
            .AddTo(
                new Command("repair", "Damage a network's statistics in seven ways, diagnose and repair it") { Data }
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
        var experiment = new RepairExperiment(
            (InMemoryDataset)data.Train,
            (InMemoryDataset)data.Test,
            Common.Steps(parse),
            Common.Seed(parse),
            Common.Threads(parse)
        );
        RunShown(experiment, context);
        var saving = new Saving(context.Host);
        RepairReport.Save(experiment, folder, saving);
        context.WriteTable(TextTable.Of(RepairReport.Rows(experiment)));
        context.WriteLine($"report: {report}");
        context.WriteJson(writer => RepairReport.WriteJson(writer, experiment, report));
        saving.RequireAll();
        return ExitCode.Done;
    }

    private static void RunShown(RepairExperiment experiment, CommandContext context)
    {
        using Model trained = context.Progress.Follow(
            "training",
            "steps",
            experiment.Steps,
            task => experiment.Train(task.Report, context.Cancellation)
        );
        context.Progress.Follow(
            "repairing",
            "networks",
            RepairExperiment.Repairs,
            task => experiment.Repair(trained, done => task.Report(done), context.Cancellation)
        );
    }
}
