using System.CommandLine;
using System.Globalization;

namespace Evenkeel.Cli.Terminal;

/// <summary>
/// What a shell may complete a command line with, asked for as <c>dotnet-suggest</c> does: <c>evenkeel [suggest:8] "evenkeel tr"</c>. Shells need
/// one line to ask (docs/deploying.md).
/// </summary>
internal static class Completions
{
    private const string Directive = "[suggest:";

    /// <summary>The words, where a shell asks for them; null for every other command line.</summary>
    public static IEnumerable<string>? For(IReadOnlyList<string> args, Command tool)
    {
        if (
            args is not [var directive, var line]
            || !directive.StartsWith(Directive, StringComparison.Ordinal)
            || !int.TryParse(directive[Directive.Length..].TrimEnd(']'), CultureInfo.InvariantCulture, out int position)
        )
            return null;
        // The name that the tool is called by, perhaps with a path, is for the shell.
        int start = line.IndexOf(' ', StringComparison.Ordinal) + 1;
        return start == 0
            ? []
            : tool.Parse(line[start..])
                .GetCompletions(Math.Clamp(position - start, 0, line.Length - start))
                .Select(completion => completion.Label);
    }
}
