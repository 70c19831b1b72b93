namespace Evenkeel.Cli.Terminal;

/// <summary>Shows long work on standard error: live on a terminal, as lines now and then when redirected.</summary>
internal abstract class ProgressView
{
    /// <summary>Follows work of a known length while <paramref name="body"/> runs.</summary>
    /// <param name="title">What is done: "training", "generating digits".</param>
    /// <param name="unit">What is counted, in the plural: "steps".</param>
    /// <param name="start">How much was done before.</param>
    /// <param name="total">How much there is in all, the part before included.</param>
    /// <param name="body">The work; it reports to the task that it is given.</param>
    public abstract T Follow<T>(string title, string unit, long start, long total, Func<ProgressTask, T> body);

    /// <summary>The same for work that begins with nothing done.</summary>
    public T Follow<T>(string title, string unit, long total, Func<ProgressTask, T> body) =>
        Follow(title, unit, 0, total, body);

    /// <inheritdoc cref="Follow{T}(string, string, long, Func{ProgressTask, T})"/>
    public void Follow(string title, string unit, long total, Action<ProgressTask> body) =>
        Follow<object?>(
            title,
            unit,
            0,
            total,
            task =>
            {
                body(task);
                return null;
            }
        );

    /// <summary>A line that stays.</summary>
    public abstract void Note(string line);

    /// <summary>The view for a writer: live if it is a terminal's.</summary>
    public static ProgressView For(TextWriter error) =>
        TerminalConsole.IsTerminal(error) ? new LiveProgress(TerminalConsole.For(error)) : new LineProgress(error);
}
