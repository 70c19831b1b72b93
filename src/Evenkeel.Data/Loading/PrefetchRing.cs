using System.Runtime.ExceptionServices;

namespace Evenkeel.Data.Loading;

/// <summary>
/// A ring of batches that a background thread fills and one consumer takes. The batch that was taken last stays the
/// consumer's, so the ring has one more than it reads ahead. Nothing is allocated once it runs.
/// </summary>
internal sealed class PrefetchRing : IDisposable
{
    private readonly BatchSource _source;
    private readonly Batch[] _slots;
    private readonly SemaphoreSlim _free;
    private readonly SemaphoreSlim _filled = new(0);
    private readonly Thread _thread;
    private long _taken;
    private long _failedAt = long.MaxValue;
    private ExceptionDispatchInfo? _failure;
    private volatile bool _stop;

    /// <summary>Starts to fill.</summary>
    public PrefetchRing(BatchSource source, Batch[] slots)
    {
        _source = source;
        _slots = slots;
        _free = new SemaphoreSlim(slots.Length);
        _thread = new Thread(Produce) { IsBackground = true, Name = "evenkeel batches" };
        _thread.Start();
    }

    /// <summary>The next batch, once it is filled; the batch before it goes back to be filled anew.</summary>
    /// <exception cref="Exception">Whatever reading the batch threw, each time it is asked for.</exception>
    public Batch Take()
    {
        if (_taken > 0)
            _free.Release();
        _filled.Wait();
        if (_taken == Volatile.Read(ref _failedAt))
        {
            // The thread has ended: leave the failure for whoever asks again.
            _filled.Release();
            _failure!.Throw();
        }

        return _slots[_taken++ % _slots.Length];
    }

    /// <summary>Stops the thread; a batch that it is reading is finished first.</summary>
    public void Dispose()
    {
        _stop = true;
        _free.Release();
        _thread.Join();
        _free.Dispose();
        _filled.Dispose();
    }

    private void Produce()
    {
        long i = 0;
        try
        {
            for (; ; i++)
            {
                _free.Wait();
                if (_stop)
                    return;
                _source.FillNext(_slots[i % _slots.Length]);
                _filled.Release();
            }
        }
        catch (Exception e)
        {
            // Handed to the consumer in the failed batch's turn; batches filled before it are given first.
            _failure = ExceptionDispatchInfo.Capture(e);
            Volatile.Write(ref _failedAt, i);
            _filled.Release();
        }
    }
}
