using System.Runtime.InteropServices;

namespace Evenkeel.Kernels.Threading;

/// <summary>One piece of work: what runs a chunk of it, and how many threads share it.</summary>
internal readonly unsafe struct ChunkTask(delegate* <void*, int, void> run, void* work, int threads)
{
    /// <summary>Threads that have a share.</summary>
    public int Threads => threads;

    /// <summary>Runs one chunk.</summary>
    public void Run(int chunk) => run(work, chunk);
}

/// <summary>
/// The chunks of one piece of work that nobody has taken, a share of them for each thread. A share is also the message that there is work: its
/// owner finds all that it needs on one cache line.
/// </summary>
internal sealed class ChunkShares(int threads)
{
    private readonly Share[] _shares = new Share[threads];

    /// <summary>
    /// Deals out chunks 1 to <paramref name="chunks"/> - 1 to the threads of a task, no fewer chunks than threads; chunk 0, of the first share, is
    /// the caller's without asking. All shares are empty before, so nothing is taken until its share is written.
    /// </summary>
    public void Begin(int chunks, in ChunkTask task)
    {
        for (int i = 0; i < task.Threads; i++)
        {
            int first = i == 0 ? 1 : Start(chunks, i, task.Threads);
            _shares[i].Task = task;
            Volatile.Write(ref _shares[i].Chunks, ((long)Start(chunks, i + 1, task.Threads) << 32) | (uint)first);
        }
    }

    /// <summary>Whether a thread's own share has chunks.</summary>
    public bool Has(int thread)
    {
        long seen = Volatile.Read(ref _shares[thread].Chunks);
        return (int)seen < (int)(seen >> 32);
    }

    /// <summary>Takes the next chunk of a thread's own share; -1 if there is none.</summary>
    public int Take(int thread, out ChunkTask task)
    {
        int chunk = TakeFirst(ref _shares[thread].Chunks);
        task = _shares[thread].Task;
        return chunk;
    }

    /// <summary>Takes the last chunk of another thread's share; -1 if there is none.</summary>
    public int Steal(int thread, out ChunkTask task)
    {
        int threads = _shares[thread].Task.Threads;
        task = default;
        for (int i = 1; i < threads; i++)
        {
            ref Share other = ref _shares[(thread + i) % threads];
            if (TakeLast(ref other.Chunks) is >= 0 and int chunk)
            {
                task = other.Task;
                return chunk;
            }
        }

        return -1;
    }

    /// <summary>The chunk that is as far from the end of its share as <paramref name="chunk"/> is from the beginning of the same.</summary>
    public static int Mirror(int chunk, int chunks, int threads)
    {
        int share = (int)((long)chunk * threads / chunks);
        return Start(chunks, share, threads) + Start(chunks, share + 1, threads) - 1 - chunk;
    }

    // Rounded up, so that the first share has a chunk whenever there is one.
    private static int Start(int chunks, int share, int threads) =>
        (int)((((long)chunks * share) + threads - 1) / threads);

    // A chunk that is taken and not finished keeps the caller from dealing out others. A share that happens to look as it did in an earlier piece of
    // work is as good: what is taken is a chunk of the present one, which is read after taking.
    private static int TakeFirst(ref long share)
    {
        long seen = Volatile.Read(ref share);
        while ((int)seen < (int)(seen >> 32))
        {
            long found = Interlocked.CompareExchange(ref share, seen + 1, seen);
            if (found == seen)
                return (int)seen;
            seen = found;
        }

        return -1;
    }

    private static int TakeLast(ref long share)
    {
        long seen = Volatile.Read(ref share);
        while ((int)seen < (int)(seen >> 32))
        {
            long found = Interlocked.CompareExchange(ref share, seen - (1L << 32), seen);
            if (found == seen)
                return (int)(seen >> 32) - 1;
            seen = found;
        }

        return -1;
    }

    // One share per cache line, so that a thread's own chunks cost it no traffic.
    [StructLayout(LayoutKind.Explicit, Size = 128)]
    private struct Share
    {
        // The first chunk in the lower half, the end in the upper.
        [FieldOffset(64)]
        public long Chunks;

        [FieldOffset(72)]
        public ChunkTask Task;
    }
}
