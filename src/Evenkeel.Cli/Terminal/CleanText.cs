using System.Globalization;
using System.Text;

namespace Evenkeel.Cli.Terminal;

/// <summary>
/// Text that may hold anything, made fit to be shown: whatever moves the cursor, rings, hides or turns text around is spelt out. The
/// spelling is that of JSON, so a JSON text stays one and means the same.
/// </summary>
internal static class CleanText
{
    private const int LongestLine = 2000;
    private const int LongestCell = 500;

    /// <summary>The whole text.</summary>
    public static string Of(string text)
    {
        int at = FirstUnseen(text, 0);
        if (at < 0)
            return text;
        var clean = new StringBuilder(text.Length + 32);
        int copied = 0;
        for (; at >= 0; at = FirstUnseen(text, copied))
        {
            clean.Append(text, copied, at - copied);
            copied = at + UnitsAt(text, at);
            foreach (char unit in text.AsSpan(at, copied - at))
                clean.Append(CultureInfo.InvariantCulture, $"\\u{(int)unit:x4}");
        }

        return clean.Append(text, copied, text.Length - copied).ToString();
    }

    /// <summary>A line for people; of one that nobody would read to its end, the beginning and the end.</summary>
    public static string Line(string text) => Cut(Of(text), LongestLine);

    /// <summary>A cell of a table.</summary>
    public static string Cell(string text) => Cut(Of(text), LongestCell);

    private static string Cut(string text, int max)
    {
        if (text.Length <= max)
            return text;
        int head = max * 2 / 3,
            tail = text.Length - (max / 3);
        if (char.IsHighSurrogate(text[head - 1]))
            head--;
        if (char.IsLowSurrogate(text[tail]))
            tail++;
        return string.Create(
            CultureInfo.InvariantCulture,
            $"{text.AsSpan(0, head)} … ({tail - head:N0} characters left out) … {text.AsSpan(tail)}"
        );
    }

    private static int FirstUnseen(string text, int from)
    {
        for (int i = from; i < text.Length; i += UnitsAt(text, i))
        {
            if (IsUnseen(CharUnicodeInfo.GetUnicodeCategory(text, i)))
                return i;
        }

        return -1;
    }

    // Half a pair is in the category of surrogates, a whole one in that of its character.
    private static bool IsUnseen(UnicodeCategory category) =>
        category
            is UnicodeCategory.Control
                or UnicodeCategory.Format
                or UnicodeCategory.LineSeparator
                or UnicodeCategory.ParagraphSeparator
                or UnicodeCategory.Surrogate;

    private static int UnitsAt(string text, int i) =>
        i + 1 < text.Length && char.IsSurrogatePair(text[i], text[i + 1]) ? 2 : 1;
}
