namespace Evenkeel.Reporting.Charts;

/// <summary>What the legend shows and where: rows from left to right, as many as are needed.</summary>
internal sealed class Legend
{
    private const double TextSize = 12;
    private const double SwatchWidth = 18;
    private const double SwatchGap = 5;
    private const double EntryGap = 14;

    private Legend(IReadOnlyList<Entry> entries, int rows) => (Entries, Rows) = (entries, rows);

    /// <summary>The entries with their places.</summary>
    public IReadOnlyList<Entry> Entries { get; }

    /// <summary>How many rows they take.</summary>
    public int Rows { get; }

    /// <summary>Lays the entries out over a width. A chart of one plain line needs none: its title says what it is.</summary>
    public static Legend Of(ChartSpec chart, double width)
    {
        var wanted = new List<(int Series, EntryKind Kind, string Text)>();
        for (int i = 0; i < chart.Series.Count; i++)
        {
            wanted.Add((i, EntryKind.Line, chart.Series[i].Name));
            if (chart.Series[i].Lower is not null && chart.Series[i].BandName.Length > 0)
                wanted.Add((i, EntryKind.Band, chart.Series[i].BandName));
        }
        if (wanted.Count < 2)
            return new Legend([], 0);
        var entries = new List<Entry>();
        (double x, int row) = (0, 0);
        foreach ((int series, EntryKind kind, string text) in wanted)
        {
            string shown = SvgText.Fit(text, TextSize, width - SwatchWidth - SwatchGap);
            double needed = SwatchWidth + SwatchGap + SvgText.Width(shown, TextSize);
            if (x > 0 && x + needed > width)
                (x, row) = (0, row + 1);
            entries.Add(new Entry(series, kind, shown, x, row));
            x += needed + EntryGap;
        }
        return new Legend(entries, row + 1);
    }

    /// <summary>What an entry's swatch is.</summary>
    internal enum EntryKind
    {
        /// <summary>A piece of line.</summary>
        Line,

        /// <summary>A filled box.</summary>
        Band,
    }

    /// <summary>One entry.</summary>
    internal sealed record Entry(int Series, EntryKind Kind, string Text, double X, int Row);
}
