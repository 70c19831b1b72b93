namespace Evenkeel.Architecture.Tests;

/// <summary>
/// Finds long methods by indentation alone, which the formatter guarantees: a member begins at a line one level into its type and
/// ends with the next line of the same level that closes it, or, if it is one expression, with the first line of the next level that
/// ends in a semicolon. Fields and lists are data and may be long.
/// </summary>
internal static class MethodScan
{
    private static readonly string[] TypeWords = ["class ", "struct ", "interface ", "enum ", "record "];

    public static IEnumerable<string> LongerThan(int limit, string file, string[] lines)
    {
        // Members stand at 4 spaces, and at 8 or 12 within nested types.
        for (int indent = 4; indent <= 12; indent += 4)
        {
            int first = -1;
            bool expression = false;
            for (int i = 0; i < lines.Length; i++)
            {
                int level = Indent(lines[i]);
                // The type ends, and with it a member that ended on a line of constraints.
                if (level < indent && lines[i].StartsWith('}'))
                    first = -1;
                if (first < 0 && level == indent && Begins(lines[i], lines, i, indent))
                    (first, expression) = (i, false);
                if (first < 0 || !(level == indent || (expression && level == indent + 4)))
                    continue;
                if (Ends(lines[i]))
                {
                    if (i - first + 1 > limit && !IsType(lines[first]) && !IsData(lines, first))
                        yield return $"{file}:{first + 1} ({i - first + 1} lines)";
                    first = -1;
                }

                expression |= lines[i].EndsWith("=>", StringComparison.Ordinal);
            }
        }
    }

    private static bool IsData(string[] lines, int first) =>
        lines[first].EndsWith(" =", StringComparison.Ordinal)
        || (lines[first].EndsWith(" =>", StringComparison.Ordinal) && lines[first + 1].Trim() == "[");

    private static bool Begins(string line, string[] lines, int index, int indent)
    {
        string text = line.TrimStart();
        bool member = char.IsLetter(text[0]) || text[0] == '~';
        return member && (indent == 4 || InNestedType(lines, index, indent));
    }

    // The nearest line one level out that opens a brace pair belongs to a type.
    private static bool InNestedType(string[] lines, int index, int indent)
    {
        for (int i = index; i >= 0; i--)
        {
            if (Indent(lines[i]) == indent - 4 && char.IsLetter(lines[i].TrimStart()[0]))
                return IsType(lines[i]);
        }

        return false;
    }

    private static bool IsType(string line)
    {
        int end = line.IndexOfAny(['(', '=', ':']);
        string head = end < 0 ? line + " " : line[..end] + " ";
        return TypeWords.Any(word => (" " + head.TrimStart()).Contains(" " + word, StringComparison.Ordinal));
    }

    private static bool Ends(string line)
    {
        string text = line.TrimEnd();
        return text.TrimStart() is "}" or "};" or ");" or "];" || text.EndsWith(';') || text.EndsWith('}');
    }

    private static int Indent(string line)
    {
        string text = line.TrimStart(' ');
        return text.Length == 0 ? -1 : line.Length - text.Length;
    }
}
