using System.Runtime.ExceptionServices;

namespace Evenkeel.Data.Loading;

/// <summary>
/// A ring of batches that a background thread fills and one consumer takes. The batch that was taken last stays the
/// consumer's, so the ring has one more than it reads ahead. Nothing is allocated once it runs.
/// </summary>
internal sealed class PrefetchRing
{
    private readonly object _gate = new();
    private readonly BatchSource _source;
    private readonly Batch[] _slots;
    private readonly Thread _thread;

    // Batches so far: filled by the thread, taken by the consumer, given back to be filled anew.
    private long _filled;
    private long _taken;
    private long _returned;
    private ExceptionDispatchInfo? _failure;
    private bool _stop;

    /// <summary>Starts to fill.</summary>
    public PrefetchRing(BatchSource source, Batch[] slots)
    {
        _source = source;
        _slots = slots;
        _thread = new Thread(Produce) { IsBackground = true, Name = "evenkeel batches" };
        _thread.Start();
    }

    /// <summary>The next batch, once it is filled; the batch before it goes back to be filled anew. Null once the ring is stopped.</summary>
    /// <exception cref="Exception">Whatever reading the batch threw, each time it is asked for.</exception>
    public Batch? Take()
    {
        lock (_gate)
        {
            _returned = _taken;
            Monitor.PulseAll(_gate);
            while (_filled == _taken && _failure is null && !_stop)
                Monitor.Wait(_gate);
            if (_stop)
                return null;
            // The batches before the failed one are given first.
            if (_filled == _taken)
                _failure!.Throw();
            return _slots[_taken++ % _slots.Length];
        }
    }

    /// <summary>Asks the thread to end after its present batch and wakes callers that wait for one; returns at once.</summary>
    public void Stop()
    {
        lock (_gate)
        {
            _stop = true;
            Monitor.PulseAll(_gate);
        }
    }

    /// <summary>Waits for the thread to end.</summary>
    public void Join() => _thread.Join();

    /// <summary>Whether a thread is the one that fills.</summary>
    public bool Includes(Thread thread) => thread == _thread;

    private void Produce()
    {
        try
        {
            while (NextFree() is { } batch)
            {
                _source.FillNext(batch);
                lock (_gate)
                {
                    _filled++;
                    Monitor.PulseAll(_gate);
                }
            }
        }
        catch (Exception e)
        {
            lock (_gate)
            {
                _failure = ExceptionDispatchInfo.Capture(e);
                Monitor.PulseAll(_gate);
            }
        }
    }

    private Batch? NextFree()
    {
        lock (_gate)
        {
            while (_filled == _returned + _slots.Length && !_stop)
                Monitor.Wait(_gate);
            return _stop ? null : _slots[_filled % _slots.Length];
        }
    }
}
