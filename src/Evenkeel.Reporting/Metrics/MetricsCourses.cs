namespace Evenkeel.Reporting.Metrics;

/// <summary>The courses of the values of a metrics file, in bounded memory, however many lines it has.</summary>
/// <param name="points">The most points of a value.</param>
internal sealed class MetricsCourses(int points)
{
    /// <summary>The most points of a value in a chart of a run.</summary>
    public const int Points = 512;

    /// <summary>The most values of different names; others are passed over.</summary>
    public const int MaxNames = 4096;

    private readonly Dictionary<string, BoundedSeries> _series = new(StringComparer.Ordinal);
    private readonly List<string> _names = [];

    /// <summary>The names of all values, in the order of their first appearance.</summary>
    public IReadOnlyList<string> Names => _names;

    /// <summary>The step of the last line; -1 before the first.</summary>
    public long LastStep { get; private set; } = -1;

    /// <summary>Reads a metrics file, also one that a run is still writing; a torn last line is passed over.</summary>
    /// <param name="path">The file.</param>
    /// <exception cref="InvalidDataException">A line before the last is damaged; the message names it.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public static MetricsCourses Read(string path)
    {
        var courses = new MetricsCourses(Points);
        MetricsScan.Run(
            path,
            (step, values) =>
            {
                courses.Add(step, values);
                return true;
            }
        );
        return courses;
    }

    /// <summary>The course of a value; null if it never appeared.</summary>
    public BoundedSeries? Find(string name) => _series.GetValueOrDefault(name);

    /// <summary>Adds a line.</summary>
    /// <param name="step">Its step; not less than the step before.</param>
    /// <param name="values">Its values by name.</param>
    public void Add(long step, Dictionary<string, double> values)
    {
        LastStep = step;
        foreach ((string name, double value) in values)
        {
            if (!_series.TryGetValue(name, out BoundedSeries? series))
            {
                if (_series.Count == MaxNames)
                    continue;
                _series[name] = series = new BoundedSeries(points);
                _names.Add(name);
            }

            series.Add(step, value);
        }
    }

    /// <summary>Forgets all lines.</summary>
    public void Clear()
    {
        _series.Clear();
        _names.Clear();
        LastStep = -1;
    }
}
