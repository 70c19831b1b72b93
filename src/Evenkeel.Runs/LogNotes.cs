using Evenkeel.Reporting;

namespace Evenkeel.Runs;

/// <summary>Tells people how a log does that cannot always be written.</summary>
/// <param name="name">The log.</param>
/// <param name="entries">What it consists of, in the plural.</param>
/// <param name="state">How it does now.</param>
internal sealed class LogNotes(string name, string entries, Func<LogState> state)
{
    private int _remade;
    private string? _told;

    /// <summary>Tells what is new.</summary>
    public void Tell(RunHost host)
    {
        LogState now = state();
        if (now.Remade > _remade)
            host.Note($"{name} was deleted during the run; it was written again with all its {entries}.");
        _remade = now.Remade;
        if (now.Failure?.Message is { } failure && failure != _told)
            host.Note(
                $"{name} cannot be written ({failure.TrimEnd('.')}); training continues, and its {entries} wait in memory until they can be written."
            );
        _told = now.Failure?.Message;
    }

    /// <summary>Tells what the file lacks.</summary>
    public void TellLost(RunHost host)
    {
        LogState now = state();
        long missing = now.Lost + now.Held;
        if (missing > 0)
            host.Note($"{name} lacks {missing} {entries} that could not be written.");
    }
}
