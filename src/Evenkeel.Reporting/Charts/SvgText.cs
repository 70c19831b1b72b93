using System.Text;

namespace Evenkeel.Reporting.Charts;

/// <summary>Text in XML and HTML: escaped, and measured without a font at hand.</summary>
internal static class SvgText
{
    private const string Narrow = "fijlrtI.,:;'|!()[] ";
    private const string Wide = "mwMW%@";

    /// <summary>Escapes for content and quoted attributes; characters that XML does not allow become U+FFFD.</summary>
    public static string Escape(string text)
    {
        var escaped = new StringBuilder(text.Length);
        foreach (Rune rune in text.EnumerateRunes())
        {
            _ = rune.Value switch
            {
                '&' => escaped.Append("&amp;"),
                '<' => escaped.Append("&lt;"),
                '>' => escaped.Append("&gt;"),
                '"' => escaped.Append("&quot;"),
                '\'' => escaped.Append("&#39;"),
                < 32 and not ('\t' or '\n' or '\r') => escaped.Append('\ufffd'),
                0xfffe or 0xffff => escaped.Append('\ufffd'),
                _ => escaped.Append(rune.ToString()),
            };
        }
        return escaped.ToString();
    }

    /// <summary>About how wide a text is in a sans-serif font of the given size.</summary>
    public static double Width(string text, double size)
    {
        double ems = 0;
        foreach (char c in text)
            ems +=
                Narrow.Contains(c, StringComparison.Ordinal) ? 0.32
                : Wide.Contains(c, StringComparison.Ordinal) ? 0.86
                : 0.58;
        return ems * size;
    }

    /// <summary>The text, shortened with an ellipsis where it is wider than <paramref name="width"/>.</summary>
    public static string Fit(string text, double size, double width)
    {
        string fitted = text;
        for (int length = text.Length - 1; length > 0 && Width(fitted, size) > width; length--)
            fitted = text[..length].TrimEnd() + "…";
        return fitted;
    }
}
