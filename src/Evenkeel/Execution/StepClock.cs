using System.Diagnostics;

namespace Evenkeel.Execution;

/// <summary>Adds up the time that each step of a plan takes over many runs.</summary>
internal sealed class StepClock(int steps)
{
    private readonly long[] _ticks = new long[steps];
    private long _last;

    /// <summary>Seconds spent in a step so far.</summary>
    public double Seconds(int step) => (double)_ticks[step] / Stopwatch.Frequency;

    public void Begin() => _last = Stopwatch.GetTimestamp();

    public void Mark(int step)
    {
        long now = Stopwatch.GetTimestamp();
        _ticks[step] += now - _last;
        _last = now;
    }
}
