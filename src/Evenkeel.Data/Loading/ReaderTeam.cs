using System.Runtime.ExceptionServices;

namespace Evenkeel.Data.Loading;

/// <summary>
/// Reads the examples of one batch on several threads, the caller among them. Each example has its own place in the batch,
/// so who reads it does not matter. Idle threads sleep in the kernel: training needs the cores. Nothing is allocated per
/// batch.
/// </summary>
internal sealed class ReaderTeam : IBatchReader
{
    // Short runs, so that threads finish together though examples differ in cost.
    private const int RunsOfThread = 4;

    private readonly object _gate = new();
    private readonly IDataset _dataset;
    private readonly Thread[] _helpers;
    private Batch? _batch;
    private int _runLength;
    private int _next;
    private int _working;
    private long _round;
    private bool _stop;
    private int _failedAt = int.MaxValue;
    private ExceptionDispatchInfo? _failure;

    /// <summary>Starts one thread fewer than <paramref name="workers"/>.</summary>
    public ReaderTeam(IDataset dataset, int workers)
    {
        _dataset = dataset;
        _helpers = new Thread[workers - 1];
        for (int i = 0; i < _helpers.Length; i++)
            _helpers[i] = new Thread(Help) { IsBackground = true, Name = $"evenkeel reader {i + 1}" };
        try
        {
            foreach (Thread helper in _helpers)
                helper.Start();
        }
        catch
        {
            // The system gives no more threads: those that it gave do not stay.
            Stop();
            throw;
        }
    }

    /// <inheritdoc/>
    public void Read(Batch batch)
    {
        lock (_gate)
        {
            _batch = batch;
            _runLength = Math.Max(1, batch.Count / (RunsOfThread * (_helpers.Length + 1)));
            _next = 0;
            _working = _helpers.Length;
            _failedAt = int.MaxValue;
            _failure = null;
            _round++;
            Monitor.PulseAll(_gate);
        }

        ReadRuns(batch);
        lock (_gate)
        {
            while (_working > 0 && !_stop)
                Monitor.Wait(_gate);
            ObjectDisposedException.ThrowIf(_stop, this);
        }

        _failure?.Throw();
    }

    /// <inheritdoc/>
    public void Stop()
    {
        lock (_gate)
        {
            _stop = true;
            Monitor.PulseAll(_gate);
        }
    }

    /// <inheritdoc/>
    public void Join()
    {
        foreach (Thread helper in _helpers)
            helper.Join();
    }

    /// <inheritdoc/>
    public bool Includes(Thread thread) => Array.IndexOf(_helpers, thread) >= 0;

    private void Help()
    {
        long seen = 0;
        while (true)
        {
            Batch batch;
            lock (_gate)
            {
                while (_round == seen && !_stop)
                    Monitor.Wait(_gate);
                if (_stop)
                    return;
                seen = _round;
                batch = _batch!;
            }

            ReadRuns(batch);
            lock (_gate)
            {
                if (--_working == 0)
                    Monitor.PulseAll(_gate);
            }
        }
    }

    private void ReadRuns(Batch batch)
    {
        while (true)
        {
            int first = Interlocked.Add(ref _next, _runLength) - _runLength;
            if (first >= batch.Count)
                return;
            try
            {
                batch.ReadRun(_dataset, first, Math.Min(_runLength, batch.Count - first));
            }
            catch (Exception e)
            {
                Note(first, e);
            }
        }
    }

    // Every run is read even after a failure, so that the one that is reported does not depend on timing.
    private void Note(int first, Exception e)
    {
        lock (_gate)
        {
            if (first >= _failedAt)
                return;
            _failedAt = first;
            _failure = ExceptionDispatchInfo.Capture(e);
        }
    }
}
