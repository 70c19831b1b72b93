using System.Text;

namespace Evenkeel.Cli.Terminal;

/// <summary>
/// The one way to standard output and standard error. Names in models, files and arguments come from outside: here nothing of them
/// reaches the terminal but what can be seen, and a line ends only where the tool ends it.
/// </summary>
/// <param name="inner">Receives clean text; the tool's own styles go to it directly.</param>
internal sealed class CleanWriter(TextWriter inner) : TextWriter(inner.FormatProvider)
{
    /// <summary>The writer behind.</summary>
    public TextWriter Inner => inner;

    public override Encoding Encoding => inner.Encoding;

    /// <summary>A clean writer over another, or that itself where it is one.</summary>
    public static CleanWriter Over(TextWriter writer) => writer as CleanWriter ?? new CleanWriter(writer);

    /// <summary>Writes a JSON text and ends the line; it may be of any length and stays exact.</summary>
    public void WriteJson(string json) => inner.WriteLine(CleanText.Of(json));

    public override void WriteLine() => inner.WriteLine();

    public override void WriteLine(string? value) => inner.WriteLine(CleanText.Line(value ?? ""));

    public override void WriteLine(ReadOnlySpan<char> buffer) => WriteLine(buffer.ToString());

    public override void WriteLine(char[] buffer, int index, int count) => WriteLine(new string(buffer, index, count));

    public override void Write(string? value) => inner.Write(CleanText.Of(value ?? ""));

    public override void Write(char value) => Write(value.ToString());

    public override void Write(ReadOnlySpan<char> buffer) => Write(buffer.ToString());

    public override void Write(char[] buffer, int index, int count) => Write(new string(buffer, index, count));

    public override void Flush() => inner.Flush();
}
