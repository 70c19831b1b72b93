namespace Evenkeel.Cli.Terminal;

/// <summary>Work of unknown length that usually takes no time to speak of: reading a model, planning a network.</summary>
internal static class LongWork
{
    private static readonly TimeSpan Silence = TimeSpan.FromSeconds(2);

    /// <summary>Says what is done, once, if it is not done soon.</summary>
    /// <param name="context">Where it is said.</param>
    /// <param name="title">What is done: "reading model.onnx".</param>
    /// <param name="work">The work; it writes nothing itself.</param>
    public static T Announced<T>(this CommandContext context, string title, Func<T> work)
    {
        var timer = new Timer(_ => context.Progress.Note($"{title} ..."), null, Silence, Timeout.InfiniteTimeSpan);
        try
        {
            return work();
        }
        finally
        {
            // What is being said is said before anything else is.
            using var said = new ManualResetEvent(false);
            if (timer.Dispose(said))
                said.WaitOne();
        }
    }
}
