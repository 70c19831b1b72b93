using System.CommandLine;
using Evenkeel.Cli.Commands;
using Evenkeel.Cli.Runs;
using Evenkeel.Cli.Terminal;

namespace Evenkeel.Cli.Tests.Support;

/// <summary>Trains in this process while a test looks on after each step, and interferes.</summary>
/// <param name="afterStep">Told the steps done.</param>
internal sealed class WatchedTraining(Action<long> afterStep) : ProgressView
{
    /// <summary>What went to standard output.</summary>
    public string Output { get; private set; } = "";

    /// <summary>What was told.</summary>
    public List<string> Notes { get; } = [];

    /// <summary>Trains the small configuration of a workspace into its folder <c>run</c>.</summary>
    /// <returns>The exit code.</returns>
    public int Train(Workspace work, CancellationToken cancellation = default)
    {
        using var output = new StringWriter();
        using var error = new StringWriter();
        Command verb = new Command("verb").WithBody(
            (_, context) =>
                TrainCommand.Begin(
                    work.Config,
                    work.File("run"),
                    _ => { },
                    _ => { },
                    context with
                    {
                        Progress = this,
                        Cancellation = cancellation,
                    },
                    LiveView.None(context)
                )
        );
        int code = verb.Parse([]).Invoke(new InvocationConfiguration { Output = output, Error = error });
        Output = output.ToString();
        Notes.AddRange(error.ToString().Split('\n', StringSplitOptions.RemoveEmptyEntries));
        return code;
    }

    public override T Follow<T>(string title, string unit, long start, long total, Func<ProgressTask, T> body) =>
        body(new Watched(title == "training" ? afterStep : _ => { }, title, unit, start, total));

    public override void Note(string line) => Notes.Add(line);

    private sealed class Watched(Action<long> afterStep, string title, string unit, long start, long total)
        : ProgressTask(title, unit, start, total)
    {
        public override bool IsDue => false;

        protected override void Show() => afterStep(Done);
    }
}
