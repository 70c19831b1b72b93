namespace Evenkeel.Kernels.Elementwise;

/// <summary>
/// Where the values of an example come from when they are put in other places, by a table per axis of the result. The last axes are taken
/// together as one row, which is cut into runs of neighbours, two runs in turn, repetitions of one value, and nothing; what is neither goes by a table.
/// </summary>
public sealed class AxisPlan
{
    /// <summary>Marks an index along an axis that no source value stands behind.</summary>
    public const int Nothing = -1;

    // Values of a row, unless the last axis alone is longer: its table is read with each row and should stay in the nearest cache.
    private const int RowValues = 4096;

    // Shorter runs are not worth a call.
    private const int ShortRun = 8;

    private readonly int[][] _outer;

    /// <summary>Prepares tables.</summary>
    /// <param name="offsets">
    /// For each axis of the result and each index along it, what it adds to the place in the source, or <see cref="Nothing"/>.
    /// </param>
    public AxisPlan(params int[][] offsets)
    {
        ArgumentNullException.ThrowIfNull(offsets);
        int first = offsets.Length;
        int[] row = [0];
        while (first > 0 && (first == offsets.Length || (long)row.Length * offsets[first - 1].Length <= RowValues))
            row = Outer(offsets[--first], row);
        _outer = offsets[..first];
        Row = row;
        Rows = _outer.Aggregate(1, (n, axis) => checked(n * axis.Length));
        Furthest = offsets.Sum(axis => axis.Length == 0 ? 0L : Math.Max(0, axis.Max()));
        Runs = [.. Cut(row)];
    }

    /// <summary>Values made of each example.</summary>
    public long Count => (long)Rows * Row.Length;

    internal int[] Row { get; }

    internal int Rows { get; }

    internal long Furthest { get; }

    internal AxisRun[] Runs { get; }

    /// <summary>What a row adds to the places in the source, or <see cref="Nothing"/>.</summary>
    internal int Start(int row)
    {
        int start = 0;
        for (int axis = _outer.Length - 1; axis >= 0; axis--)
        {
            (row, int index) = Math.DivRem(row, _outer[axis].Length);
            int offset = _outer[axis][index];
            if (offset == Nothing)
                return Nothing;
            start += offset;
        }

        return start;
    }

    private static int[] Outer(int[] axis, int[] row)
    {
        int[] sums = new int[axis.Length * row.Length];
        for (int i = 0; i < sums.Length; i++)
        {
            (int a, int b) = (axis[i / row.Length], row[i % row.Length]);
            sums[i] = a == Nothing || b == Nothing ? Nothing : a + b;
        }

        return sums;
    }

    // Long runs by themselves; what lies between them in one piece each.
    private static IEnumerable<AxisRun> Cut(int[] row)
    {
        int loose = 0;
        for (int i = 0; i < row.Length; )
        {
            AxisRun run = Longest(row, i);
            if (run.Length >= ShortRun)
            {
                if (loose < i)
                    yield return new AxisRun(AxisRunKind.Table, loose, i - loose);
                yield return run;
                loose = i + run.Length;
            }

            i += run.Length;
        }

        if (loose < row.Length)
            yield return new AxisRun(AxisRunKind.Table, loose, row.Length - loose);
    }

    private static AxisRun Longest(int[] row, int first)
    {
        int next = first + 1 < row.Length ? row[first + 1] : row[first];
        AxisRunKind kind =
            row[first] == Nothing ? AxisRunKind.Nothing
            : next == row[first] ? AxisRunKind.Repeat
            : AxisRunKind.Copy;
        int step = kind == AxisRunKind.Copy ? 1 : 0,
            length = 1;
        while (first + length < row.Length && row[first + length] == row[first] + (step * length))
            length++;
        int alternating = Alternating(row, first);
        return alternating > Math.Max(length, 2 * ShortRun)
            ? new AxisRun(AxisRunKind.Alternate, first, alternating)
            : new AxisRun(kind, first, length);
    }

    // How far, in pairs, places go on from those two before.
    private static int Alternating(int[] row, int first)
    {
        if (first + 1 >= row.Length || row[first] == Nothing || row[first + 1] == Nothing)
            return 0;
        int length = 2;
        while (first + length < row.Length && row[first + length] == row[first + length - 2] + 1)
            length++;
        return length & ~1;
    }
}

/// <summary>How the values of a run are found.</summary>
internal enum AxisRunKind
{
    /// <summary>By the row's table, one by one.</summary>
    Table,

    /// <summary>Side by side.</summary>
    Copy,

    /// <summary>Two runs of neighbours, in turn.</summary>
    Alternate,

    /// <summary>All are the same one.</summary>
    Repeat,

    /// <summary>There is none.</summary>
    Nothing,
}

/// <summary>A piece of a row.</summary>
internal readonly record struct AxisRun(AxisRunKind Kind, int First, int Length);
