namespace Evenkeel.Watch.Following;

/// <summary>How fast a run goes, by the steps that its log reached in the last minutes.</summary>
/// <param name="clock">Tells the time.</param>
internal sealed class Pace(TimeProvider clock)
{
    private const int Samples = 120;
    private readonly Queue<(long Time, long Step)> _samples = [];
    private (long Time, long Step) _last;

    /// <summary>How long no step was heard of; null before the first.</summary>
    public TimeSpan? Silence => _samples.Count > 0 ? clock.GetElapsedTime(_last.Time) : null;

    /// <summary>Steps per second; null while they are unknown.</summary>
    public double? Rate
    {
        get
        {
            if (_samples.Count < 2)
                return null;
            (long time, long step) = _samples.Peek();
            double seconds = clock.GetElapsedTime(time, _last.Time).TotalSeconds;
            return seconds > 0 ? (_last.Step - step) / seconds : null;
        }
    }

    /// <summary>Takes note of the step that the log has reached.</summary>
    public void Note(long step)
    {
        if (_samples.Count > 0 && step == _last.Step)
            return;
        if (step < _last.Step)
            _samples.Clear();
        _last = (clock.GetTimestamp(), step);
        _samples.Enqueue(_last);
        if (_samples.Count > Samples)
            _samples.Dequeue();
    }
}
