namespace Evenkeel.Cli.Terminal;

/// <summary>Names in a sentence, as many as somebody reads.</summary>
internal static class NameList
{
    private const int Shown = 12;

    /// <summary>The names in quotation marks; of many, the first and how many there are beside.</summary>
    public static string Of(IReadOnlyCollection<string> names, int most = Shown)
    {
        string shown = string.Join(", ", names.Take(most).Select(name => $"'{name}'"));
        return names.Count > most ? $"{shown} and {names.Count - most} more" : shown;
    }
}
