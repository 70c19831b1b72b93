using System.Diagnostics;
using System.Numerics;

namespace Evenkeel.Kernels.Threading;

/// <summary>
/// How many threads are fastest for work that is done again and again. What a thread costs differs between machines, and on a virtual one
/// from hour to hour, so it is measured, and measured again ever more rarely. Results do not depend on it.
/// </summary>
public sealed class ThreadChoice
{
    private readonly ThreadTrials?[] _sizes = new ThreadTrials?[32];
    private ThreadTrials? _current;
    private long _start;

    /// <summary>Begins one run and returns its threads.</summary>
    /// <param name="size">How much there is to do, such as examples; runs within a factor of two are the same work.</param>
    /// <param name="most">Threads that there are.</param>
    internal int Begin(int size, int most)
    {
        _current = TrialsOf(size, most);
        _start = Stopwatch.GetTimestamp();
        return _current.Threads;
    }

    /// <summary>The trials of work of a size.</summary>
    internal ThreadTrials TrialsOf(int size, int most) =>
        _sizes[BitOperations.Log2((uint)Math.Max(size, 1))] ??= new ThreadTrials(most);

    /// <summary>Ends the run.</summary>
    internal void End() => _current?.Took(Stopwatch.GetTimestamp() - _start);
}

/// <summary>Runs work with all threads, with half of them, and so on until that is slower, and then stays with the fastest for a while.</summary>
internal sealed class ThreadTrials
{
    /// <summary>Runs of a trial whose median counts.</summary>
    public const int Runs = 5;

    /// <summary>Runs until the second trials. The first ones see code that is not optimised yet.</summary>
    public const int FirstInterval = 64;

    /// <summary>Work that takes so long gains from every thread, and trying fewer would cost something.</summary>
    public static readonly long LongTicks = Stopwatch.Frequency / 100;

    // The first runs of a trial do not count: their data lies in the caches of other threads, and a thread that slept may wake on a core that is
    // taken, from which the system moves it a few milliseconds later.
    private const int FirstRuns = 8;

    // What a trial finds in a bad moment stays for so long.
    private const int LongestInterval = 4 * 1024;
    private readonly int _most;
    private readonly long[] _times = new long[Runs];
    private int _fastest;
    private long _best;
    private int _interval = FirstInterval;

    // Runs of the trial at hand, or before 0, runs until the next one.
    private int _run;

    /// <param name="most">Threads that there are.</param>
    public ThreadTrials(int most)
    {
        _most = most;
        Try(most, long.MaxValue);
    }

    /// <summary>Threads of the next run.</summary>
    public int Threads { get; private set; }

    /// <summary>What that run took.</summary>
    public void Took(long ticks)
    {
        if (_most == 1)
            return;
        if (_run < 0)
        {
            if (++_run == 0)
                Try(_most, long.MaxValue);
            return;
        }

        if (_run >= FirstRuns)
            _times[_run - FirstRuns] = ticks;
        if (Threads == _most && ticks > LongTicks)
            Settle(_most);
        else if (_run == 1 && ticks / 2 > _best)
            Settle(_fastest);
        else if (++_run == FirstRuns + Runs)
            Judge();
    }

    private void Judge()
    {
        Array.Sort(_times);
        long median = _times[Runs / 2];
        if (median > _best)
            Settle(_fastest);
        else if (Threads == 1)
            Settle(1);
        else
            Try(Threads / 2, median);
    }

    private void Try(int threads, long best)
    {
        _fastest = Threads;
        _best = best;
        _run = 0;
        Threads = threads;
    }

    private void Settle(int threads)
    {
        Threads = threads;
        _run = -_interval;
        _interval = Math.Min(4 * _interval, LongestInterval);
    }
}
