using Evenkeel.Reporting.Metrics;

namespace Evenkeel.Watch.Following;

/// <summary>The values of a metrics file that grows.</summary>
/// <param name="path">The file; it need not be there.</param>
/// <param name="points">The most points of a value.</param>
internal sealed class FollowedLog(string path, int points)
{
    private readonly MetricsTail _tail = new(path);

    /// <summary>The values.</summary>
    public MetricsCourses Courses { get; } = new(points);

    /// <summary>Why the file cannot be read, in one line; null if it can.</summary>
    public string? Damage { get; private set; }

    /// <summary>Reads what is new.</summary>
    /// <returns>Whether anything is.</returns>
    public bool Look()
    {
        try
        {
            bool changed = _tail.Read(Courses.Clear, Courses.Add) || Damage is not null;
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
}
