using System.Collections;

namespace Evenkeel.Reporting.Metrics;

/// <summary>All that a metrics file holds: a few bytes for each value, since a file may have millions of lines.</summary>
public sealed class MetricsHistory
{
    private readonly List<string> _names = [];
    private readonly Dictionary<string, int> _indices = new(StringComparer.Ordinal);

    // How often each name appears.
    private readonly List<int> _counts = [];
    private readonly Column<long> _steps = new();

    // For each line, where the values of the next one begin.
    private readonly Column<int> _ends = new();
    private readonly Column<int> _keys = new();
    private readonly Column<double> _values = new();

    private MetricsHistory() => Rows = new RowList(this);

    /// <summary>The lines in the order of the file; each is made when it is asked for.</summary>
    public IReadOnlyList<MetricsRow> Rows { get; }

    /// <summary>The names of all values, in the order of their first appearance.</summary>
    public IReadOnlyList<string> Names => _names;

    /// <summary>Reads a metrics file, also one that a run is still writing; a torn last line is passed over.</summary>
    /// <param name="path">The file.</param>
    /// <exception cref="InvalidDataException">A line before the last is damaged; the message names it.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public static MetricsHistory Read(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        var history = new MetricsHistory();
        MetricsScan.Run(path, history.Add);
        return history;
    }

    /// <summary>The steps at which a value was written, and the value there.</summary>
    /// <param name="name">The value's name; a name that never appears gives two empty lists.</param>
    public (IReadOnlyList<double> Steps, IReadOnlyList<double> Values) Series(string name)
    {
        double[] steps = new double[_indices.TryGetValue(name, out int index) ? _counts[index] : 0],
            values = new double[steps.Length];
        int count = 0;
        foreach ((int line, int place) in PlacesOf(name))
            (steps[count], values[count++]) = (_steps[line], _values[place]);
        return (steps, values);
    }

    /// <summary>The lines that have a value, in the order of the file.</summary>
    /// <param name="name">The value's name; a name that never appears gives none.</param>
    public IEnumerable<MetricsRow> RowsWith(string name) => PlacesOf(name).Select(found => Rows[found.Line]);

    private IEnumerable<(int Line, int Place)> PlacesOf(string name)
    {
        if (!_indices.TryGetValue(name, out int index))
            yield break;
        int place = 0;
        for (int line = 0; line < _steps.Count; line++)
        {
            for (; place < _ends[line]; place++)
            {
                if (_keys[place] == index)
                    yield return (line, place);
            }
        }
    }

    private bool Add(long step, Dictionary<string, double> values)
    {
        foreach ((string name, double value) in values)
        {
            if (!_indices.TryGetValue(name, out int index))
            {
                index = _names.Count;
                _indices.Add(name, index);
                _names.Add(name);
                _counts.Add(0);
            }

            _counts[index]++;
            _keys.Add(index);
            _values.Add(value);
        }

        _steps.Add(step);
        _ends.Add(_keys.Count);
        return true;
    }

    private sealed class RowList(MetricsHistory history) : IReadOnlyList<MetricsRow>
    {
        public int Count => history._steps.Count;

        public MetricsRow this[int index]
        {
            get
            {
                long step = history._steps[index];
                var values = new Dictionary<string, double>(StringComparer.Ordinal);
                for (int i = index == 0 ? 0 : history._ends[index - 1]; i < history._ends[index]; i++)
                    values.Add(history._names[history._keys[i]], history._values[i]);
                return new MetricsRow(step, values);
            }
        }

        public IEnumerator<MetricsRow> GetEnumerator() =>
            Enumerable.Range(0, Count).Select(i => this[i]).GetEnumerator();

        IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
    }
}
