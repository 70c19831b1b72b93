using Evenkeel.Runs.Text;

namespace Evenkeel.Runs;

/// <summary>Saves what can be saved: a failure is told once and remembered, and the work goes on.</summary>
internal sealed class Saving(RunHost host)
{
    private readonly Dictionary<string, Exception> _failures = [];

    /// <summary>What could not be saved with the newest attempt, and why.</summary>
    public IReadOnlyDictionary<string, Exception> Failures => _failures;

    /// <summary>Tries to save.</summary>
    /// <param name="what">What is saved, the same words each time.</param>
    /// <param name="save">Saves it.</param>
    /// <returns>Whether it is saved.</returns>
    public bool Try(string what, Action save)
    {
        try
        {
            save();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            if (!_failures.ContainsKey(what))
                host.Note(
                    $"{what} could not be saved ({e.Message.TrimEnd('.')}); files saved before are complete, and the run continues."
                );
            _failures[what] = e;
            return false;
        }

        if (_failures.Remove(what))
            host.Note($"{what} is saved again.");
        return true;
    }

    /// <summary>Throws if anything is not saved.</summary>
    /// <exception cref="RunUnsavedException">It says what.</exception>
    public void RequireAll()
    {
        if (_failures.Count == 0)
            return;
        (string what, Exception error) = _failures.First();
        throw new RunUnsavedException($"{string.Join(", ", _failures.Keys)}: not saved. {ErrorWords.Of(error)}", error);
    }
}
