using System.Globalization;
using System.Text;

namespace Evenkeel.Cli.Terminal;

/// <summary>Words for people to copy into a shell: each is taken there for one word and as it is, whatever it holds.</summary>
internal static class ShellWord
{
    private const string Plain = "-_./=:,+@%";

    /// <summary>The word as it is written in a line to copy.</summary>
    public static string Quote(string word)
    {
        if (
            word.Length > 0
            && word.All(c => char.IsAsciiLetterOrDigit(c) || Plain.Contains(c, StringComparison.Ordinal))
        )
            return word;
        if (OperatingSystem.IsWindows())
            return $"\"{CleanText.Of(word).Replace("\"", "\\\"", StringComparison.Ordinal)}\"";
        return CleanText.Of(word) == word ? $"'{word.Replace("'", @"'\''", StringComparison.Ordinal)}'" : InBytes(word);
    }

    // A terminal acts on what cannot be seen while it is pasted; the shell's own spelling of bytes has nothing of that.
    private static string InBytes(string word)
    {
        var quoted = new StringBuilder("$'");
        foreach (byte b in Encoding.UTF8.GetBytes(word))
        {
            if (b is >= (byte)' ' and <= (byte)'~' and not (byte)'\'' and not (byte)'\\')
                quoted.Append((char)b);
            else
                quoted.Append(CultureInfo.InvariantCulture, $"\\x{b:x2}");
        }

        return quoted.Append('\'').ToString();
    }
}
