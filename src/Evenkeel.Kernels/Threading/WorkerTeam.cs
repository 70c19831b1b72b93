using System.Runtime.CompilerServices;
using System.Runtime.ExceptionServices;
using System.Runtime.InteropServices;

namespace Evenkeel.Kernels.Threading;

/// <summary>
/// The threads of a <see cref="WorkerPool"/> and what they share. Workers spin for a short while between
/// pieces of work (a step is a chain of items of a few microseconds each) and then sleep. The caller runs chunks too and waits
/// only for workers that hold one, never for a worker that is asleep, has not been scheduled or has ended. Nothing is allocated per call.
/// Each thread begins with its own share of the chunks, the same share each time, so that the rows of one kernel's result are in the caches of
/// the thread that reads them in the next. A thread without work steals chunks from the end of another's share.
/// One thread at a time; the pool sees to it.
/// </summary>
internal sealed unsafe class WorkerTeam
{
    // Spinning covers the gap between two kernels of a step; longer gaps (data loading, evaluation) put workers to sleep.
    private const int SpinsBeforeSleep = 4_000;

    // A worker that has not ended by then may be waiting for the caller's core.
    private const int SpinsBeforeYield = 500;

    private readonly Thread[] _workers;
    private readonly SemaphoreSlim[] _wake;
    private readonly PaddedInt[] _asleep;
    private readonly ChunkShares _shares;

    // Chunks that workers have run since the start, and how many they will have when the work at hand is done; both may wrap.
    private PaddedInt _finished;
    private int _expected;
    private volatile ExceptionDispatchInfo? _failure;
    private volatile bool _stop;
    private bool _running;

    /// <summary>Starts one thread fewer than <paramref name="threads"/>: the caller is one.</summary>
    public WorkerTeam(int threads)
    {
        _workers = new Thread[threads - 1];
        _wake = new SemaphoreSlim[threads - 1];
        _asleep = new PaddedInt[threads - 1];
        _shares = new ChunkShares(threads);
        for (int i = 0; i < _workers.Length; i++)
        {
            int id = i;
            _wake[i] = new SemaphoreSlim(0);
            _workers[i] = new Thread(() => WorkerLoop(id)) { IsBackground = true, Name = $"evenkeel worker {i + 1}" };
        }

        try
        {
            foreach (Thread worker in _workers)
                worker.Start();
        }
        catch
        {
            // The system gives no more threads: those that it gave do not stay.
            Stop();
            throw;
        }
    }

    /// <summary>Whether a thread is one of the workers.</summary>
    public bool Includes(Thread thread) => Array.IndexOf(_workers, thread) >= 0;

    /// <summary>Runs chunks 0 to <paramref name="chunks"/> - 1 on the first so many threads and returns when all have ended.</summary>
    /// <exception cref="InvalidOperationException">A chunk asked the team that runs it.</exception>
    public void For<TWork>(int threads, int chunks, ref TWork work)
        where TWork : struct, IChunkWork, allows ref struct
    {
        if (threads == 1 || chunks <= 1)
        {
            for (int i = 0; i < chunks; i++)
                work.Run(i);
            return;
        }

        if (_running)
            throw new InvalidOperationException(
                $"A chunk of work asked the pool of threads that runs it; give it {nameof(WorkerPool)}.{nameof(WorkerPool.Serial)}()."
            );
        _running = true;
        // On this thread's stack, which the collector does not move; the caller's may lie anywhere.
        TWork here = work;
        var task = new ChunkTask(&Invoke<TWork>, Unsafe.AsPointer(ref here), Math.Min(threads, chunks));
        _shares.Begin(chunks, task);
        // Either a worker that goes to sleep sees its share, or its announcement is seen.
        Interlocked.MemoryBarrier();
        WakeSleepers(task.Threads - 1);
        RunChunk(task, 0);
        int finished = 1 + RunShare(0);
        while (RunStolen(0))
            finished++;
        _expected += chunks - finished;
        WaitForWorkers();
        _running = false;
        work = here;
        if (_failure is not null)
            ThrowFailure();
    }

    /// <summary>Lets the threads end, those that hold a chunk when it is done; waits for none of them.</summary>
    public void Stop()
    {
        _stop = true;
        Interlocked.MemoryBarrier();
        WakeSleepers(_workers.Length);
    }

    /// <summary>Waits until the threads have ended.</summary>
    public void Join()
    {
        foreach (Thread worker in _workers)
            worker.Join();
    }

    private static void Invoke<TWork>(void* work, int chunk)
        where TWork : struct, IChunkWork, allows ref struct => Unsafe.AsRef<TWork>(work).Run(chunk);

    // Runs what is left of a thread's own share and returns how many chunks that were.
    private int RunShare(int thread)
    {
        int count = 0;
        while (_shares.Take(thread, out ChunkTask task) is >= 0 and int chunk)
        {
            RunChunk(task, chunk);
            count++;
        }

        return count;
    }

    private bool RunStolen(int thread)
    {
        int chunk = _shares.Steal(thread, out ChunkTask task);
        if (chunk < 0)
            return false;
        RunChunk(task, chunk);
        return true;
    }

    private void RunChunk(in ChunkTask task, int chunk)
    {
        try
        {
            if (_failure is null)
                task.Run(chunk);
        }
        catch (Exception e)
        {
            Interlocked.CompareExchange(ref _failure, ExceptionDispatchInfo.Capture(e), null);
        }
    }

    private void WaitForWorkers()
    {
        int spins = 0;
        while (Volatile.Read(ref _finished.Value) != _expected)
        {
            if (++spins > SpinsBeforeYield)
                Thread.Yield();
            else
                Thread.SpinWait(1);
        }
    }

    private void ThrowFailure()
    {
        ExceptionDispatchInfo failure = _failure!;
        _failure = null;
        failure.Throw();
    }

    private void WakeSleepers(int workers)
    {
        for (int i = 0; i < workers; i++)
        {
            if (Volatile.Read(ref _asleep[i].Value) == 1 && Interlocked.Exchange(ref _asleep[i].Value, 0) == 1)
                _wake[i].Release();
        }
    }

    private void WorkerLoop(int id)
    {
        while (true)
        {
            WaitForWork(id);
            if (_stop)
                return;
            // Reported before looking for more: the caller may be waiting for just these.
            Interlocked.Add(ref _finished.Value, RunShare(id + 1));
            while (RunStolen(id + 1))
                Interlocked.Increment(ref _finished.Value);
        }
    }

    // Work that gives this worker no share is none of its business: it goes on counting its spins and sleeps.
    private bool IsNeeded(int id) => _shares.Has(id + 1) || _stop;

    private void WaitForWork(int id)
    {
        int spins = 0;
        while (!IsNeeded(id))
        {
            if (++spins < SpinsBeforeSleep)
            {
                Thread.SpinWait(1);
                continue;
            }

            // Announce the sleep before looking once more: the poster of work looks at the announcement after posting.
            Volatile.Write(ref _asleep[id].Value, 1);
            Interlocked.MemoryBarrier();
            if (!IsNeeded(id) || Interlocked.Exchange(ref _asleep[id].Value, 0) == 0)
                _wake[id].Wait();
            spins = 0;
        }
    }

    // One counter per cache line, so that a spinning reader does not slow a writer of its neighbour.
    [StructLayout(LayoutKind.Explicit, Size = 128)]
    private struct PaddedInt
    {
        [FieldOffset(64)]
        public int Value;
    }
}
