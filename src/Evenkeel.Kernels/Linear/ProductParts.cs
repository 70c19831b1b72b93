namespace Evenkeel.Kernels.Linear;

/// <summary>
/// How a product is dealt out: parts of its groups of rows by parts of its panels of columns, numbered down the columns, so that a thread that takes
/// them in order keeps its panels. Each output is computed by one part, and in the same way whichever it is.
/// </summary>
internal readonly struct ProductParts
{
    private readonly int _groups;
    private readonly int _panels;
    private readonly int _rows;
    private readonly int _columns;

    private ProductParts(int groups, int panels, int rows, int columns) =>
        (_groups, _panels, _rows, _columns) = (groups, panels, rows, columns);

    /// <summary>Number of parts.</summary>
    public int Count => _rows * _columns;

    /// <summary>
    /// The parts that read least: each part of rows reads all of its columns' weights, and each part of columns all of its rows' inputs. Both have
    /// the same depth.
    /// </summary>
    /// <param name="parts">Number of parts that is wanted.</param>
    /// <param name="groups">Groups of rows.</param>
    /// <param name="panels">Panels of columns.</param>
    /// <param name="rows">Rows, or what reading one costs beside reading a column.</param>
    /// <param name="columns">Columns.</param>
    public static ProductParts Of(int parts, int groups, int panels, double rows, double columns)
    {
        var best = new ProductParts(groups, panels, Math.Min(parts, groups), 1);
        double least = (best._rows * columns) + rows;
        for (int across = 2; across <= Math.Min(parts, panels); across++)
        {
            int down = Math.Min(groups, Partition.CeilingDivide(parts, across));
            double read = (down * columns) + (across * rows);
            if (read >= least && best.Count >= parts)
                continue;
            best = new ProductParts(groups, panels, down, across);
            least = read;
        }

        return best;
    }

    /// <summary>First group of a part, and the one behind the last.</summary>
    public (int Begin, int End) Groups(int part)
    {
        int row = part % _rows;
        return (Partition.Begin(row, _rows, _groups), Partition.Begin(row + 1, _rows, _groups));
    }

    /// <summary>First panel of a part, and the one behind the last.</summary>
    public (int Begin, int End) Panels(int part)
    {
        int column = part / _rows;
        return (Partition.Begin(column, _columns, _panels), Partition.Begin(column + 1, _columns, _panels));
    }
}
