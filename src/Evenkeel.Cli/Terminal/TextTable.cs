using Spectre.Console;

namespace Evenkeel.Cli.Terminal;

/// <summary>A table: drawn on a terminal, aligned columns two blanks apart when redirected. Cells are made clean before they are measured.</summary>
/// <param name="columns">Headings; all but the first column are set flush right if every cell in them begins as a number.</param>
internal sealed class TextTable(params string[] columns)
{
    private readonly List<string[]> _rows = [];

    /// <summary>A table of rows, the headings first.</summary>
    public static TextTable Of(IReadOnlyList<string[]> rows)
    {
        var table = new TextTable(rows[0]);
        foreach (string[] row in rows.Skip(1))
            table.Row(row);
        return table;
    }

    /// <summary>Adds a row with one cell per column.</summary>
    public TextTable Row(params string[] cells)
    {
        if (cells.Length != columns.Length)
            throw new ArgumentException($"{cells.Length} cells for {columns.Length} columns", nameof(cells));
        _rows.Add([.. cells.Select(CleanText.Cell)]);
        return this;
    }

    /// <summary>Writes the table.</summary>
    public void Write(TextWriter writer)
    {
        if (TerminalConsole.IsTerminal(writer))
            WriteDrawn(writer);
        else
            WritePlain(writer);
    }

    private void WriteDrawn(TextWriter writer)
    {
        var table = new Table { Border = TableBorder.Rounded };
        for (int i = 0; i < columns.Length; i++)
        {
            var column = new TableColumn(new Text(columns[i]));
            table.AddColumn(IsNumeric(i) ? column.RightAligned() : column);
        }

        foreach (string[] row in _rows)
            table.AddRow([.. row.Select(cell => new Text(cell))]);
        TerminalConsole.For(writer).Write(table);
    }

    private void WritePlain(TextWriter writer)
    {
        int[] widths = [.. columns.Select((c, i) => _rows.Select(r => r[i].Length).Append(c.Length).Max())];
        foreach (string[] row in _rows.Prepend(columns))
        {
            IEnumerable<string> cells = row.Select(
                (cell, i) => IsNumeric(i) ? cell.PadLeft(widths[i]) : cell.PadRight(widths[i])
            );
            writer.WriteLine(string.Join("  ", cells).TrimEnd());
        }
    }

    private bool IsNumeric(int column) =>
        column > 0
        && _rows.Count > 0
        && _rows.TrueForAll(r => r[column] is "" or "-" || char.IsAsciiDigit(r[column][0]));
}
