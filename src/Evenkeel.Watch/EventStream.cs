namespace Evenkeel.Watch;

/// <summary>Server-sent events of a board to one reader.</summary>
internal static class EventStream
{
    // A reader that takes nothing for so long is dropped; its browser connects again and gets the newest state.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    /// <summary>Writes all parts, then each change, until told to end or the reader is gone.</summary>
    public static async Task Write(Board board, Stream body, CancellationToken end)
    {
        try
        {
            long version = 0;
            while (true)
            {
                (IReadOnlyList<Board.Part> parts, version, Task changed) = board.Since(version);
                foreach (Board.Part part in parts)
                    await Write(body, part.Event).ConfigureAwait(false);
                if (end.IsCancellationRequested)
                    return;
                await changed.WaitAsync(end).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
        catch (Exception e) when (e is OperationCanceledException or IOException)
        {
            // The reader is gone.
        }
    }

    private static async Task Write(Stream body, byte[] bytes)
    {
        using var patience = new CancellationTokenSource(Patience);
        await body.WriteAsync(bytes, patience.Token).ConfigureAwait(false);
        await body.FlushAsync(patience.Token).ConfigureAwait(false);
    }
}
