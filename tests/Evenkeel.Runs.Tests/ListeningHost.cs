namespace Evenkeel.Runs.Tests;

/// <summary>Remembers what a run tells, and does something after a step.</summary>
internal sealed class ListeningHost(Action<RunProgress>? afterStep = null) : RunHost
{
    public List<string> Notes { get; } = [];

    public List<RunProgress> Steps { get; } = [];

    public override string Command => "the program's own words";

    public override void Note(string text) => Notes.Add(text);

    public override void Report(in RunProgress progress)
    {
        Steps.Add(progress);
        afterStep?.Invoke(progress);
    }

    /// <summary>A host that has a run stopped after a step.</summary>
    public static ListeningHost StopAfter(long step, CancellationTokenSource source) =>
        new(progress =>
        {
            if (progress.Step == step)
                source.Cancel();
        });
}
