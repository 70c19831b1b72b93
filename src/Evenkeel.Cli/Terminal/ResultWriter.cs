namespace Evenkeel.Cli.Terminal;

/// <summary>Passes on results. What cannot be written is an error of its own kind, <see cref="OutputException"/>.</summary>
internal sealed class ResultWriter(TextWriter inner) : GuardedWriter(inner)
{
    protected override void Try(Action write)
    {
        try
        {
            write();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ObjectDisposedException)
        {
            throw new OutputException(
                $"standard output: {e.Message.TrimEnd('.')}; the result is missing or incomplete. Files that the command wrote are complete.",
                e
            );
        }
    }
}
