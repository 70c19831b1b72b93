using System.CommandLine;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Evenkeel.Runs;
using Evenkeel.Runs.Text;

namespace Evenkeel.Cli.Terminal;

/// <summary>What a verb works with: data goes to <see cref="Out"/>, progress and errors to <see cref="Error"/>.</summary>
/// <param name="Out">Standard output.</param>
/// <param name="Error">Standard error.</param>
/// <param name="Json">Whether one JSON object is all that goes to <see cref="Out"/>.</param>
/// <param name="Cancellation">Asked for by Ctrl-C and SIGTERM; finish what is at work, save, return <see cref="ExitCode.Interrupted"/>.</param>
internal sealed record CommandContext(CleanWriter Out, CleanWriter Error, bool Json, CancellationToken Cancellation)
{
    private static readonly JsonWriterOptions JsonStyle = new()
    {
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    private readonly List<string> _notes = [];

    /// <summary>The verb at work; null where there is none.</summary>
    public Command? Command { get; init; }

    /// <summary>Shows runs here.</summary>
    public RunHost Host => new TerminalHost(this);

    /// <summary>How long work is followed on <see cref="Error"/>.</summary>
    public ProgressView Progress { get; init; } = ProgressView.For(Error);

    /// <summary>Writes a line for people; nothing with <c>--json</c>.</summary>
    public void WriteLine(string line = "")
    {
        if (!Json)
            Out.WriteLine(line);
    }

    /// <summary>Shows a table to people; nothing with <c>--json</c>.</summary>
    public void WriteTable(TextTable table)
    {
        if (!Json)
            table.Write(Out);
    }

    /// <summary>
    /// Tells what was assumed or left out, once: as a line <c>note: ...</c> on <see cref="Error"/>, and in the list <c>notes</c> of the JSON object.
    /// </summary>
    public void Note(string text)
    {
        if (_notes.Contains(text))
            return;
        _notes.Add(text);
        Progress.Note($"note: {text}");
    }

    /// <summary>
    /// Writes the one JSON object, if <c>--json</c> was given; the action writes its fields, <c>notes</c> follow (<see cref="Note"/>).
    /// </summary>
    public void WriteJson(Action<Utf8JsonWriter> fields)
    {
        if (!Json)
            return;
        byte[] json = JsonWriting.Object(
            writer =>
            {
                fields(writer);
                writer.WriteStrings("notes", _notes);
            },
            JsonStyle
        );
        Out.WriteJson(Encoding.UTF8.GetString(json));
    }
}
