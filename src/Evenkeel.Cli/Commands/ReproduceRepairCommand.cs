using System.CommandLine;
using Evenkeel.Cli.Configuration;
using Evenkeel.Cli.Experiments;
using Evenkeel.Cli.Terminal;
using Evenkeel.Data;

namespace Evenkeel.Cli.Commands;

/// <summary><c>evenkeel reproduce repair</c>: what damaged statistics cost, and what measuring them anew gives back.</summary>
internal static class ReproduceRepairCommand
{
    private static readonly Option<string> Data = new("--data")
    {
        Description = "digits (built in), mnist, fashion, or a folder with MNIST's four files",
        DefaultValueFactory = _ => DataConfig.Digits,
    };

    private static readonly Option<long> Steps = new("--steps")
    {
        Description = "Training steps of the network",
        DefaultValueFactory = _ => 5_000,
    };

    private static readonly Option<ulong> Seed = new("--seed")
    {
        Description = "Seed of the weights and of the order of examples",
        DefaultValueFactory = _ => 1UL,
    };

    private static readonly Option<int> Threads = new("--threads")
    {
        Description = "Threads; the result does not depend on it",
        DefaultValueFactory = _ => Environment.ProcessorCount,
    };

    private static readonly Option<string?> Out = new("--out")
    {
        Description = "Folder for the report; default: runs/repair-<time>",
    };

    public static Command Create() =>
        new Command("repair", "Damage a network's statistics in eight ways, diagnose and repair it")
        {
            Data,
            Steps,
            Seed,
            Threads,
            Out,
        }.WithBody(Run);

    private static int Run(ParseResult parse, CommandContext context)
    {
        if (parse.GetValue(Steps) < 1)
            throw new UsageException($"--steps must be 1 or more, not {parse.GetValue(Steps)}");
        if (parse.GetValue(Threads) is < 1 or > 1024)
            throw new UsageException($"--threads must be 1 to 1024, not {parse.GetValue(Threads)}");
        var config = new PixelDataConfig
        {
            Source = DataConfig.FromCommandLine(parse.GetValue(Data)!),
            Encoding = "unit",
        };
        LoadedData data = PixelDataSource.Load(config, context);
        string folder = parse.GetValue(Out) ?? ExperimentFolder.Usual("repair");
        var experiment = new RepairExperiment(
            (InMemoryDataset)data.Train,
            (InMemoryDataset)data.Test,
            parse.GetValue(Steps),
            parse.GetValue(Seed),
            parse.GetValue(Threads)
        );
        RunShown(experiment, context);
        Directory.CreateDirectory(folder);
        string report = RepairReport.Save(experiment, folder, Environment.CommandLine, Provenance.Describe());
        IReadOnlyList<string[]> rows = RepairReport.Rows(experiment);
        var table = new TextTable(rows[0]);
        foreach (string[] row in rows.Skip(1))
            table.Row(row);
        context.WriteTable(table);
        context.WriteLine($"report: {report}");
        context.WriteJson(writer => RepairReport.WriteJson(writer, experiment, report));
        return ExitCode.Done;
    }

    private static void RunShown(RepairExperiment experiment, CommandContext context)
    {
        using Model trained = context.Progress.Follow(
            "training",
            "steps",
            0,
            experiment.Steps,
            task => experiment.Train(task.Report, context.Cancellation)
        );
        context.Progress.Follow(
            "repairing",
            "networks",
            0,
            RepairExperiment.Repairs,
            task =>
            {
                experiment.Repair(trained, done => task.Report(done), context.Cancellation);
                return 0;
            }
        );
    }
}
