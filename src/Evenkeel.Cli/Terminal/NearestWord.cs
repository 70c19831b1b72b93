namespace Evenkeel.Cli.Terminal;

/// <summary>What somebody may have meant who misspelt a word.</summary>
internal static class NearestWord
{
    // More than this is another word: 'run' is three letters away from 'eval'.
    private const int MaxEdits = 2;

    // The least of a word that tells which one is meant.
    private const int ShortestBeginning = 4;

    /// <summary>
    /// The known word that takes the fewest letters put in, left out or exchanged, or that one begins with the other, as '--output' with '--out'; null
    /// if none is near.
    /// </summary>
    public static string? To(string word, IEnumerable<string> known) =>
        known
            .Select(k => (Word: k, Edits: IsBeginning(word, k) || IsBeginning(k, word) ? MaxEdits : Edits(word, k)))
            .Where(k => k.Edits <= MaxEdits && k.Edits < word.Length)
            .OrderBy(k => k.Edits)
            .Select(k => k.Word)
            .FirstOrDefault();

    private static bool IsBeginning(string a, string b) =>
        a.Length >= ShortestBeginning && a.Length < b.Length && b.StartsWith(a, StringComparison.Ordinal);

    // Levenshtein's distance, in which two neighbours that changed places count once.
    private static int Edits(string a, string b)
    {
        var edits = new int[a.Length + 1, b.Length + 1];
        for (int i = 0; i <= a.Length; i++)
        {
            for (int j = 0; j <= b.Length; j++)
            {
                if (i == 0 || j == 0)
                {
                    edits[i, j] = i + j;
                    continue;
                }

                int exchanged = edits[i - 1, j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1);
                edits[i, j] = Math.Min(exchanged, 1 + Math.Min(edits[i - 1, j], edits[i, j - 1]));
                if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
                    edits[i, j] = Math.Min(edits[i, j], edits[i - 2, j - 2] + 1);
            }
        }

        return edits[a.Length, b.Length];
    }
}
