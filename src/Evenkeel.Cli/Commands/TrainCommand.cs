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
        Description = "Folder of the new run; default: runs/NAME-1, runs/NAME-2, ...",
        HelpName = "folder",
    };

    private static readonly Option<string?> ResumeFrom = new("--resume")
    {
        Description =
            "Resume the run in this folder, to the result of a run that never stopped; without a checkpoint it starts at the first step",
        HelpName = "folder",
    };

    private static readonly RankOption Ranks = new("Train with this number of ranks, as threads of this process");

    private static readonly Overrides Changes = new();

    private static readonly MemoryOption Memory = new(
        "a smaller --batch-size, network or inputs, or accumulate in the configuration"
    );

    public static Command Create()
    {
        var command = new Command("train", "Train a network") { Config, Output, ResumeFrom };
        LiveView.AddTo(command);
        Ranks.AddTo(command);
        Changes.AddTo(command);
        Memory.AddTo(command);
        return command.WithStoppableBody(Run);
    }

    private static int Run(ParseResult parse, CommandContext context) =>
        Ranks.Run(parse, context, (ranks, own) => Run(parse, own, ranks));

    private static int Run(ParseResult parse, CommandContext context, Communicator? ranks)
    {
        int? threads = RankProcessors.Share(ranks);
        return (parse.GetValue(Config), parse.GetValue(ResumeFrom), parse.GetValue(Output)) switch
        {
            (null, null, _) => throw new UsageException(
                "give a configuration to train (evenkeel train CONFIG.json) or a run to resume (--resume RUN)."
            ),
            (not null, not null, _) => throw new UsageException(
                "--resume: a resumed run has a configuration; leave out the configuration file, or --resume."
            ),
            (_, not null, not null) => throw new UsageException(
                "--resume: a resumed run stays in its folder; leave out --out."
            ),
            (null, { } run, _) => Resume(run, Change, RequireMemory, context, LiveView.Of(parse, context), ranks),
            ({ } file, _, var folder) => Begin(
                file,
                folder,
                Change,
                RequireMemory,
                context,
                LiveView.Of(parse, context),
                ranks
            ),
        };

        void Change(ConfigText text)
        {
            Changes.Apply(parse, text);
            if (ranks is null)
                return;
            if (!text.Has("slices"))
                text.Set("slices", JsonValue.Create(ranks.Size));
            if (!text.Has("threads"))
                text.Set("threads", JsonValue.Create(threads));
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
        LiveView view,
        Communicator? ranks = null
    )
    {
        RequireNoRun(file);
        ConfigText text = ConfigText.Load(file);
        change(text);
        RunConfig config = view.Recorded(context.Announced($"reading {file}", () => RunConfigReader.Read(text)));
        if (ranks is { Rank: > 0 })
            return Follow(config, context, ranks);
        string path = output ?? NewRunFolder.Unused(file);
        NewRunFolder.RequireFree(path);
        OutputPlace.RequireFolder("--out", path);
        check(config);
        using IDisposable? page = view.Open(path);
        return Shown(context, () => TrainingRun.Start(config, path, context.Host, ranks, context.Cancellation));
    }

    private static void RequireNoRun(string path)
    {
        var run = new RunFiles(path);
        if (run.Exists)
        {
            throw new UsageException(
                $"{path}: this is the folder of a run; give {run.Record} to train it again, or --resume {path} to resume it."
            );
        }
    }

    private static int Resume(
        string path,
        Action<ConfigText> change,
        Action<RunConfig> check,
        CommandContext context,
        LiveView view,
        Communicator? ranks
    )
    {
        ConfigText text = RunRecord.Load(RunFolder.RequireRun(path).Record).ConfigText();
        change(text);
        RunConfig config = view.Recorded(RunConfigReader.Read(text));
        if (ranks is { Rank: > 0 })
            return Follow(config, context, ranks);
        check(config);
        using IDisposable? page = view.Open(path);
        return Shown(context, () => TrainingRun.Resume(path, config, context.Host, ranks, context.Cancellation));
    }

    private static int Follow(RunConfig config, CommandContext context, Communicator ranks)
    {
        TrainingRun.Follow(config, ranks, context.Host, context.Cancellation);
        return ExitCode.Done;
    }

    private static int Shown(CommandContext context, Func<RunOutcome> train)
    {
        try
        {
            RunOutcome outcome = train();
            TrainingSummary.Write(context, outcome);
            return outcome.IsDone ? ExitCode.Done : ExitCode.Interrupted;
        }
        catch (RunUnsavedException e) when (e.Outcome is { } outcome)
        {
            TrainingSummary.Write(context, outcome);
            throw;
        }
    }
}
