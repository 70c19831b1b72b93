using System.CommandLine;
using System.Text.Json.Nodes;
using Evenkeel.Cli.Files;
using Evenkeel.Cli.Models;
using Evenkeel.Cli.Runs;
using Evenkeel.Cli.Terminal;
using Evenkeel.Ranks;
using Evenkeel.Runs;
using Evenkeel.Runs.Configuration;

namespace Evenkeel.Cli.Commands;

/// <summary><c>evenkeel train</c>: trains the network of a configuration, or goes on with a run.</summary>
internal static class TrainCommand
{
    private static readonly Argument<string?> Config = new("config")
    {
        Description = "The configuration, a JSON file (docs/configuration.md), or the run.json of a run to train again",
        Arity = ArgumentArity.ZeroOrOne,
    };

    private static readonly Option<string?> Output = new("--out")
    {
        Description = "Folder of the new run; runs/NAME-1 and so on if not given",
        HelpName = "folder",
    };

    private static readonly Option<string?> ResumeFrom = new("--resume")
    {
        Description =
            "Go on with the run of this folder, as if it had never stopped; from its first step if it has no checkpoint",
        HelpName = "folder",
    };

    private static readonly RankOption Ranks = new("Train as so many ranks of this process that share out each batch");

    private static readonly Overrides Changes = new();

    private static readonly MemoryOption Memory = new(
        "a smaller --batch-size, network or inputs, or accumulate in the configuration"
    );

    public static Command Create()
    {
        var command = new Command("train", "Train a network") { Config, Output, ResumeFrom };
        Ranks.AddTo(command);
        Changes.AddTo(command);
        Memory.AddTo(command);
        return command.WithStoppableBody(Run);
    }

    private static int Run(ParseResult parse, CommandContext context) =>
        Ranks.Run(parse, context, (ranks, own) => Run(parse, own, ranks));

    private static int Run(ParseResult parse, CommandContext context, Communicator? ranks)
    {
        return (parse.GetValue(Config), parse.GetValue(ResumeFrom), parse.GetValue(Output)) switch
        {
            (null, null, _) => throw new UsageException(
                "give a configuration to train (evenkeel train CONFIG.json) or a run to go on with (--resume RUN)."
            ),
            (not null, not null, _) => throw new UsageException(
                "--resume: a run goes on with its own configuration; leave out the configuration file, or --resume."
            ),
            (_, not null, not null) => throw new UsageException(
                "--resume: a run goes on in its own folder; leave out --out."
            ),
            (null, { } run, _) => Resume(run, Change, RequireMemory, context, ranks),
            ({ } file, _, var folder) => Begin(file, folder, Change, RequireMemory, context, ranks),
        };

        void Change(ConfigText text)
        {
            Changes.Apply(parse, text);
            if (ranks is null)
                return;
            if (!text.Has("slices"))
                text.Set("slices", JsonValue.Create(ranks.Size));
            if (!text.Has("threads"))
                text.Set("threads", JsonValue.Create(RankLaunch.ThreadsOf(ranks)!.Value));
        }

        void RequireMemory(RunConfig config) =>
            Memory.Require(parse, context, MemoryNeed.OfTraining(config.Network, config.Training, ranks?.Size ?? 1));
    }

    /// <summary>Trains the network of a configuration file.</summary>
    internal static int Begin(
        string file,
        string? output,
        Action<ConfigText> change,
        Action<RunConfig> check,
        CommandContext context,
        Communicator? ranks = null
    )
    {
        ConfigText text = ConfigText.Load(file);
        change(text);
        RunConfig config = context.Announced($"reading {file}", () => RunConfigReader.Read(text));
        if (ranks is { Rank: > 0 })
            return Follow(config, context, ranks);
        string path = output ?? RunFolder.Unused(file);
        RunFolder.RequireFree(path);
        OutputPlace.RequireFolder("--out", path);
        check(config);
        using TrainingSetup setup = TrainingSetup.Create(
            config,
            context.Host,
            ranks,
            model => TrainingSetup.LoadInitialWeights(model, config, context.Host),
            context.Cancellation
        );
        using RunFolder folder = RunFolder.Create(path);
        RunRecord record = RunRecord.Begin(folder, setup, context.Host.Command);
        record.Save();
        using TrainingRun run = TrainingRun.Begin(setup, folder, record, context.Host);
        return Finish(run, setup, folder, context);
    }

    // Everything comes from the first rank: a checkpoint, or weights to begin with.
    private static int Follow(RunConfig config, CommandContext context, Communicator ranks)
    {
        using TrainingSetup setup = TrainingSetup.Create(
            config,
            context.Host,
            ranks,
            cancellation: context.Cancellation
        );
        setup.Lead.Follow();
        return ExitCode.Done;
    }

    private static int Resume(
        string path,
        Action<ConfigText> change,
        Action<RunConfig> check,
        CommandContext context,
        Communicator? ranks
    )
    {
        if (ranks is { Rank: > 0 })
        {
            ConfigText read = RunRecord.Load(Path.Combine(path, ConfigText.RecordName)).ConfigText();
            change(read);
            return Follow(RunConfigReader.Read(read), context, ranks);
        }

        using RunFolder folder = RunFolder.Open(path);
        RunRecord record = RunRecord.Load(folder.Record);
        RunConfig before = RunConfigReader.Read(record.ConfigText());
        ConfigText text = record.ConfigText();
        change(text);
        RunConfig config = RunConfigReader.Read(text);
        RequireSame(before, config, path, folder);
        check(config);
        bool begun = folder.Newest is not null;
        if (!begun)
        {
            context.Note(
                $"{path}: the run was stopped before its first checkpoint, so it begins again from its first step."
            );
            folder.BeginAgain();
        }

        using TrainingSetup setup = TrainingSetup.Create(
            config,
            context.Host,
            ranks,
            begun ? null : model => TrainingSetup.LoadInitialWeights(model, config, context.Host),
            context.Cancellation
        );
        using TrainingRun run = begun
            ? TrainingRun.Resume(setup, folder, record, context.Host)
            : TrainingRun.Begin(setup, folder, record, context.Host);
        TellDecoder(path, record.JpegDecoder, setup.Data.JpegDecoder, context);
        record.Resume(setup, context.Host.Command);
        record.Save();
        return Finish(run, setup, folder, context);
    }

    private static void RequireSame(RunConfig before, RunConfig config, string path, RunFolder folder)
    {
        if (RunConfigWriter.FirstDifference(before, config) is { } field)
        {
            string weights = folder.Newest is { } newest ? $" with \"init\": \"{newest}\"" : "";
            throw new UsageException(
                $"{path}: '{field}' cannot change when a run goes on, because the result would be neither run's; begin a new run{weights}."
            );
        }
    }

    // Both compute alike, so this is no reason to refuse.
    private static void TellDecoder(string path, string? before, string? now, CommandContext context)
    {
        if (before is not null && now is not null && before != now)
        {
            context.Note(
                $"{path}: its JPEG files were decoded by {before} (now {now}); where versions compute differently, the result is not that of a "
                    + "run that never stopped. A new run with data.decoder \"managed\" gives the same bits on every machine."
            );
        }
    }

    private static int Finish(TrainingRun run, TrainingSetup setup, RunFolder folder, CommandContext context)
    {
        RunResult? result = run.Train(context.Cancellation);
        setup.Data.Damage?.Tell(context.Host);
        if (result is null)
        {
            TrainingSummary.WriteStopped(context, folder, setup);
            return ExitCode.Interrupted;
        }

        run.Complete(result);
        TrainingSummary.Write(context, folder, result);
        run.RequireSaved();
        return ExitCode.Done;
    }
}
