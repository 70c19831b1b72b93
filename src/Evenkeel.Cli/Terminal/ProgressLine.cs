namespace Evenkeel.Cli.Terminal;

/// <summary>
/// One line about work in progress, made to fit a terminal: title, bar, count, rate, time left, values. What matters least goes first
/// where there is no room: the length of the bar, the curve, the rate, the bar for a percentage, the time left, the end of the values.
/// </summary>
/// <param name="Before">What stands before the bar.</param>
/// <param name="Filled">Cells of the bar that are filled.</param>
/// <param name="Empty">Cells of the bar that are not; none of either where there is no bar.</param>
/// <param name="After">What stands behind the bar.</param>
internal readonly record struct ProgressLine(string Before, int Filled, int Empty, string After)
{
    private const int ShortestBar = 8;
    private const int LongestBar = 30;
    private const string Between = "  ";

    /// <summary>Cells that the line takes.</summary>
    public int Width => Before.Length + Filled + Empty + After.Length;

    /// <summary>Puts a line together.</summary>
    /// <param name="title">What is done.</param>
    /// <param name="share">How much of it, in [0, 1].</param>
    /// <param name="count">Done and total.</param>
    /// <param name="rate">How fast; may be empty.</param>
    /// <param name="left">Time left; may be empty.</param>
    /// <param name="detail">Values; may be empty.</param>
    /// <param name="width">Cells that it may take, 1 or more.</param>
    /// <param name="curve">The course of the first value; may be empty.</param>
    public static ProgressLine Fit(
        string title,
        double share,
        string count,
        string rate,
        string left,
        string detail,
        int width,
        string curve = ""
    )
    {
        string percent = $"{(int)(100 * share)}%".PadLeft(4);
        return WithBar(title, share, Join(count, rate, left, curve, detail), width)
            ?? WithBar(title, share, Join(count, rate, left, detail), width)
            ?? WithBar(title, share, Join(count, left, detail), width)
            ?? Whole(Join(title, percent, count, left, detail), width)
            ?? Cut(Join(title, percent, count, detail), width);
    }

    private static ProgressLine? WithBar(string title, double share, string after, int width)
    {
        int room = width - title.Length - after.Length - (2 * Between.Length);
        if (room < ShortestBar)
            return null;
        int bar = Math.Min(room, LongestBar),
            filled = (int)(share * bar);
        return new ProgressLine(title + Between, filled, bar - filled, Between + after);
    }

    private static ProgressLine? Whole(string text, int width) =>
        text.Length <= width ? new ProgressLine(text, 0, 0, "") : null;

    private static ProgressLine Cut(string text, int width) =>
        new(text.Length <= width ? text : $"{text[..(width - 1)]}…", 0, 0, "");

    private static string Join(params IEnumerable<string> parts) =>
        string.Join(Between, parts.Where(part => part.Length > 0));
}
