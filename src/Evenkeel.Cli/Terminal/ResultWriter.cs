using System.Text;

namespace Evenkeel.Cli.Terminal;

/// <summary>Passes on results. What cannot be written is an error of its own kind, <see cref="OutputException"/>.</summary>
internal sealed class ResultWriter(TextWriter inner) : TextWriter(inner.FormatProvider)
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
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ObjectDisposedException)
        {
            throw new OutputException(
                $"standard output: {e.Message.TrimEnd('.')}; the result is not there, or only a part of it. Files that the command wrote are whole.",
                e
            );
        }
    }
}
