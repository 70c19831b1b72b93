using Evenkeel.Reporting.Metrics;
using Evenkeel.Runs;

namespace Evenkeel.Watch.Following;

/// <summary>
/// A run as its folder shows it. It only reads, so the process that trains never waits for it. Whoever reads its values holds
/// <see cref="Guard"/>.
/// </summary>
/// <param name="folder">The folder; it need not be there yet.</param>
/// <param name="name">What the page calls the run.</param>
/// <param name="clock">Tells the time.</param>
internal sealed class FollowedRun(string folder, string name, TimeProvider clock)
{
    private const int LayerPoints = 256;
    private readonly RunFiles _files = new(folder);
    private readonly FollowedLog _metrics = new(new RunFiles(folder).Metrics, MetricsCourses.Points);
    private readonly FollowedLog _layers = new(new RunFiles(folder).Layers, LayerPoints);
    private (DateTime Time, long Length) _seen;

    /// <summary>What the page calls it.</summary>
    public string Name { get; } = name;

    /// <summary>Held while values are read or changed.</summary>
    public Lock Guard { get; } = new();

    /// <summary>Its values by step.</summary>
    public MetricsCourses Metrics => _metrics.Courses;

    /// <summary>What it recorded of its layers.</summary>
    public LayerRecords Layers => new(_layers.Courses);

    /// <summary>Its record; null before it is there.</summary>
    public RunRecord? Record { get; private set; }

    /// <summary>How fast it goes.</summary>
    public Pace Pace { get; } = new(clock);

    /// <summary>What it is doing.</summary>
    public RunState State { get; private set; } = RunState.Waiting;

    /// <summary>What of the folder cannot be read, in one line; null if all can.</summary>
    public string? Damage => _recordDamage ?? _metrics.Damage ?? _layers.Damage;

    /// <summary>The time left at its pace; null where it is unknown.</summary>
    public TimeSpan? Left =>
        State == RunState.Training && Record?.TotalSteps is { } total && Pace.Rate is > 0 and { } rate
            ? TimeSpan.FromSeconds(Math.Min((total - Step) / rate, 1e9))
            : null;

    /// <summary>The step that its log has reached; 0 before the first.</summary>
    public long Step => Math.Max(Metrics.LastStep, 0);

    private string? _recordDamage;

    /// <summary>Looks what is new in the folder.</summary>
    /// <returns>Whether anything is.</returns>
    public bool Look()
    {
        lock (Guard)
        {
            RunState before = State;
            bool changed = ReadRecord() | _metrics.Look() | _layers.Look();
            State =
                Record is null ? RunState.Waiting
                : Record.Result is not null ? RunState.Done
                : File.Exists(_files.Lock) ? RunState.Training
                : RunState.Stopped;
            if (State == RunState.Training && Metrics.LastStep >= 0)
                Pace.Note(Metrics.LastStep);
            return changed || State != before;
        }
    }

    private bool ReadRecord()
    {
        var file = new FileInfo(_files.Record);
        (DateTime, long) now = file.Exists ? (file.LastWriteTimeUtc, file.Length) : default;
        if (now == _seen)
            return false;
        try
        {
            Record = file.Exists ? RunRecord.Load(_files.Record) : null;
            (_seen, _recordDamage) = (now, null);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or InvalidDataException)
        {
            _recordDamage = e.Message;
        }

        return true;
    }
}
