namespace Evenkeel.Cli.Terminal;

/// <summary>Names in a sentence: the first few, and the number of the rest.</summary>
internal static class NameList
{
    private const int Shown = 12;

    /// <summary>The names in quotation marks; of many, the first and how many there are beside.</summary>
    public static string Of(IReadOnlyCollection<string> names, int max = Shown)
    {
        string shown = string.Join(", ", names.Take(max).Select(name => $"'{name}'"));
        return names.Count > max ? $"{shown} and {names.Count - max} more" : shown;
    }
}
