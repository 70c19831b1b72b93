using Evenkeel.Runs;
using Evenkeel.Runs.Scoring;

namespace Evenkeel.Cli.Terminal;

/// <summary>Shows a run on the terminal.</summary>
internal sealed class TerminalHost(CommandContext context) : RunHost
{
    private ProgressTask? _task;

    public override string Command => ToolCommand.OfThisProcess();

    public override string CommandToRepeat(string record) => ToolCommand.Text("train", record);

    public override void Note(string text) => context.Note(FieldOptions.Told(text, context.Command));

    public override void Announce(string work) => context.Progress.Note(work);

    public override void Report(in RunProgress progress)
    {
        _task!.Plot(progress.Loss);
        if (_task.IsDue)
            _task.Describe($"loss {progress.Loss:F4}{Text(progress.Score)}");
        _task.Report(progress.Step);
    }

    public override void Follow(long done, long total, Action steps) =>
        context.Progress.Follow<object?>(
            "training",
            "steps",
            done,
            total,
            task =>
            {
                _task = task;
                steps();
                return null;
            }
        );

    private static string Text(Score? score) => score is null ? "" : $"  {score}";
}
