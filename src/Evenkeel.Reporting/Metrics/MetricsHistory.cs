namespace Evenkeel.Reporting.Metrics;

/// <summary>What a metrics file holds, for reports.</summary>
public sealed class MetricsHistory
{
    private MetricsHistory(IReadOnlyList<MetricsRow> rows) => Rows = rows;

    /// <summary>The lines in the order of the file.</summary>
    public IReadOnlyList<MetricsRow> Rows { get; }

    /// <summary>The names of all values, in the order of their first appearance.</summary>
    public IReadOnlyList<string> Names => [.. Rows.SelectMany(row => row.Values.Keys).Distinct(StringComparer.Ordinal)];

    /// <summary>Reads a metrics file, also one that a run is still writing; a torn last line is passed over.</summary>
    /// <param name="path">The file.</param>
    /// <exception cref="InvalidDataException">A line before the last is damaged; the message names it.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public static MetricsHistory Read(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        using var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        var rows = new List<MetricsRow>();
        MetricsScan.Run(
            path,
            stream,
            (step, values) =>
            {
                rows.Add(new MetricsRow(step, new Dictionary<string, double>(values, StringComparer.Ordinal)));
                return true;
            }
        );
        return new MetricsHistory(rows);
    }

    /// <summary>The steps at which a value was written, and the value there.</summary>
    /// <param name="name">The value's name; a name that never appears gives two empty lists.</param>
    public (IReadOnlyList<double> Steps, IReadOnlyList<double> Values) Series(string name)
    {
        var steps = new List<double>();
        var values = new List<double>();
        foreach (MetricsRow row in Rows)
        {
            if (!row.Values.TryGetValue(name, out double value))
                continue;
            steps.Add(row.Step);
            values.Add(value);
        }
        return (steps, values);
    }
}
