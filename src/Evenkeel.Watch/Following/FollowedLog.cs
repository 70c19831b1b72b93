using Evenkeel.Reporting.Metrics;

namespace Evenkeel.Watch.Following;

/// <summary>The values of a metrics file that grows, in bounded memory.</summary>
/// <param name="path">The file; it need not be there.</param>
/// <param name="points">The most points of a value.</param>
internal sealed class FollowedLog(string path, int points)
{
    /// <summary>The most values of different names; others are passed over.</summary>
    public const int MaxNames = 4096;

    private readonly MetricsTail _tail = new(path);
    private readonly Dictionary<string, BoundedSeries> _series = new(StringComparer.Ordinal);
    private readonly List<string> _names = [];

    /// <summary>The names of all values, in the order of their first appearance.</summary>
    public IReadOnlyList<string> Names => _names;

    /// <summary>The step of the last line; -1 before the first.</summary>
    public long LastStep { get; private set; } = -1;

    /// <summary>Why the file cannot be read, in one line; null if it can.</summary>
    public string? Damage { get; private set; }

    /// <summary>The course of a value; null if it never appeared.</summary>
    public BoundedSeries? Find(string name) => _series.GetValueOrDefault(name);

    /// <summary>Reads what is new.</summary>
    /// <returns>Whether anything is.</returns>
    public bool Look()
    {
        try
        {
            bool changed = _tail.Read(Clear, Take) || Damage is not null;
            Damage = null;
            return changed;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or InvalidDataException)
        {
            bool changed = Damage != e.Message;
            Damage = e.Message;
            return changed;
        }
    }

    private void Clear()
    {
        _series.Clear();
        _names.Clear();
        LastStep = -1;
    }

    private void Take(long step, Dictionary<string, double> values)
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
}
