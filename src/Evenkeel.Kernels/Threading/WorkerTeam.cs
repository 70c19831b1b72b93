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
    private Post _post;
    private PaddedInt _finished;
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
        _post.Run = &Invoke<TWork>;
        _post.Work = Unsafe.AsPointer(ref here);
        _post.Threads = threads;
        _finished.Value = 0;
        _shares.Begin(chunks, threads);
        // What a worker looks at. The increment is also the fence that WakeSleepers needs.
        Interlocked.Increment(ref _post.Number);
        WakeSleepers(threads - 1);
        RunChunk(0);
        int finished = 1 + RunChunks(0);
        WaitForWorkers(chunks - finished);
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

    // Runs chunks that nobody has taken yet, those of the own share first, and returns how many.
    private int RunChunks(int thread)
    {
        int count = 0;
        while (_shares.Take(thread, _post.Threads) is >= 0 and int chunk)
        {
            RunChunk(chunk);
            count++;
        }

        return count;
    }

    private void RunChunk(int chunk)
    {
        try
        {
            if (_failure is null)
                _post.Run(_post.Work, chunk);
        }
        catch (Exception e)
        {
            Interlocked.CompareExchange(ref _failure, ExceptionDispatchInfo.Capture(e), null);
        }
    }

    private void WaitForWorkers(int chunks)
    {
        int spins = 0;
        while (Volatile.Read(ref _finished.Value) != chunks)
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
        int seen = 0;
        while (true)
        {
            seen = WaitForPost(id, seen);
            if (_stop)
                return;
            int count = RunChunks(id + 1);
            if (count > 0)
                Interlocked.Add(ref _finished.Value, count);
        }
    }

    // Work for fewer threads is none of this worker's business: it goes on counting its spins and sleeps.
    private bool IsNew(int id, int seen) =>
        (Volatile.Read(ref _post.Number) != seen && id + 1 < Volatile.Read(ref _post.Threads)) || _stop;

    private int WaitForPost(int id, int seen)
    {
        int spins = 0;
        while (!IsNew(id, seen))
        {
            if (++spins < SpinsBeforeSleep)
            {
                Thread.SpinWait(1);
                continue;
            }

            // Announce the sleep before looking once more: the poster of work looks at the announcement after posting.
            Volatile.Write(ref _asleep[id].Value, 1);
            Interlocked.MemoryBarrier();
            if (!IsNew(id, seen) || Interlocked.Exchange(ref _asleep[id].Value, 0) == 0)
                _wake[id].Wait();
            spins = 0;
        }

        return Volatile.Read(ref _post.Number);
    }

    // What is to be done, on one cache line: a worker that sees the number change has the rest with it.
    [StructLayout(LayoutKind.Explicit, Size = 192)]
    private struct Post
    {
        // Changes with every post.
        [FieldOffset(64)]
        public int Number;

        [FieldOffset(72)]
        public delegate* <void*, int, void> Run;

        [FieldOffset(80)]
        public void* Work;

        [FieldOffset(88)]
        public int Threads;
    }

    // One counter per cache line, so that a spinning reader does not slow a writer of its neighbour.
    [StructLayout(LayoutKind.Explicit, Size = 128)]
    private struct PaddedInt
    {
        [FieldOffset(64)]
        public int Value;
    }
}
