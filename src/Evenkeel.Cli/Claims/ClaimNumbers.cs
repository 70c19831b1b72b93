using System.Globalization;

namespace Evenkeel.Cli.Claims;

/// <summary>Numbers of claims as they are typed: <c>7,10-12</c>.</summary>
internal static class ClaimNumbers
{
    /// <summary>The numbers in order, each once; null where the text is not a list of numbers from 1 to <paramref name="most"/>.</summary>
    public static IReadOnlyList<int>? Read(string text, int most)
    {
        var numbers = new SortedSet<int>();
        foreach (string part in text.Split(','))
        {
            string[] ends = part.Split('-');
            if (ends.Length > 2 || Number(ends[0], most) is not { } first || Number(ends[^1], most) is not { } last)
                return null;
            if (last < first)
                return null;
            numbers.UnionWith(Enumerable.Range(first, last - first + 1));
        }

        return [.. numbers];
    }

    private static int? Number(string text, int most) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int number)
        && number >= 1
        && number <= most
            ? number
            : null;
}
