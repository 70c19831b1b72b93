using System.Text;

namespace Evenkeel.Cli.Terminal;

/// <summary>Passes on progress, notes and errors. What cannot be written is lost: a log never stops the work that it is about.</summary>
internal sealed class LogWriter(TextWriter inner) : TextWriter(inner.FormatProvider)
{
    public override Encoding Encoding => inner.Encoding;

    public override void Write(char value) => Try(() => inner.Write(value));

    public override void Write(string? value) => Try(() => inner.Write(value));

    public override void Write(ReadOnlySpan<char> buffer) => Write(buffer.ToString());

    public override void Write(char[] buffer, int index, int count) => Try(() => inner.Write(buffer, index, count));

    public override void WriteLine() => Try(inner.WriteLine);

    public override void WriteLine(string? value) => Try(() => inner.WriteLine(value));

    public override void Flush() => Try(inner.Flush);

    private static void Try(Action write)
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
