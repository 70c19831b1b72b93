namespace Evenkeel.Reporting;

/// <summary>A report as data: what <see cref="HtmlReport"/> shows, and what is stored to show it again.</summary>
public sealed record ReportSpec
{
    /// <summary>The page's title.</summary>
    public required string Title { get; init; }

    /// <summary>What was found, in a few sentences; one paragraph each.</summary>
    public IReadOnlyList<string> Summary { get; init; } = [];

    /// <summary>The numbers to see first.</summary>
    public IReadOnlyList<KeyFigureSpec> KeyFigures { get; init; } = [];

    /// <summary>The figures, each of one or more charts.</summary>
    public IReadOnlyList<FigureSpec> Figures { get; init; } = [];

    /// <summary>The tables.</summary>
    public IReadOnlyList<TableSpec> Tables { get; init; } = [];

    /// <summary>The run's configuration as text, such as its JSON; shown when unfolded, left out if empty.</summary>
    public string Configuration { get; init; } = "";

    /// <summary>The command that repeats the run; left out if empty.</summary>
    public string Command { get; init; } = "";

    /// <summary>Version, machine, seed, date: what else is needed to repeat the run.</summary>
    public string Provenance { get; init; } = "";
}
