namespace Evenkeel.Cli.Terminal;

/// <summary>Passes on progress, notes and errors. What cannot be written is lost: a log never stops the work that it is about.</summary>
internal sealed class LogWriter(TextWriter inner) : GuardedWriter(inner)
{
    protected override void Try(Action write)
    {
        try
        {
            write();
        }
#pragma warning disable CA1031 // Whatever it is, there is nobody left to tell.
        catch (Exception) { }
#pragma warning restore CA1031
    }
}
