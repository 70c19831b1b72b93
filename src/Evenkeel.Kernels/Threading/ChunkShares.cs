using System.Runtime.InteropServices;

namespace Evenkeel.Kernels.Threading;

/// <summary>The chunks of one piece of work that nobody has taken, a share of them for each thread.</summary>
internal sealed class ChunkShares(int threads)
{
    // The first chunk in the lower half, the end in the upper.
    private readonly PaddedLong[] _shares = new PaddedLong[threads];

    /// <summary>
    /// Deals out chunks 1 to <paramref name="chunks"/> - 1 to the first <paramref name="threads"/> threads; chunk 0, of the first share, is the
    /// caller's without asking. All shares are empty before, so nothing is taken until its share is written.
    /// </summary>
    public void Begin(int chunks, int threads)
    {
        for (int i = 0; i < threads; i++)
        {
            int first = i == 0 ? 1 : Start(chunks, i, threads);
            Volatile.Write(ref _shares[i].Value, ((long)Start(chunks, i + 1, threads) << 32) | (uint)first);
        }
    }

    /// <summary>Takes the next chunk of a thread's own share, or the last one of another of so many; -1 if there is none.</summary>
    public int Take(int thread, int threads)
    {
        int chunk = TakeFirst(ref _shares[thread].Value);
        for (int i = 1; i < threads && chunk < 0; i++)
            chunk = TakeLast(ref _shares[(thread + i) % threads].Value);
        return chunk;
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
    private struct PaddedLong
    {
        [FieldOffset(64)]
        public long Value;
    }
}
