using System.Reflection;
using System.Runtime.CompilerServices;
using Evenkeel.Kernels.Optim;
using Evenkeel.Kernels.Threading;

namespace Evenkeel.Kernels.Tests.Threading;

/// <summary>A pool that is used by two threads, disposed of while it works, or forgotten.</summary>
public sealed class PoolLifetimeTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly struct Meet(ManualResetEventSlim started, ManualResetEventSlim goOn) : IChunkWork
    {
        public void Run(int chunk)
        {
            started.Set();
            Assert.True(goOn.Wait(Patience));
        }
    }

    private readonly struct Count(int[] hits) : IChunkWork
    {
        public void Run(int chunk) => Interlocked.Increment(ref hits[chunk]);
    }

    private readonly struct Nested(WorkerPool pool) : IChunkWork
    {
        public void Run(int chunk) => RunOnce(pool);
    }

    private readonly struct Disposing(WorkerPool pool) : IChunkWork
    {
        public void Run(int chunk) => pool.Dispose();
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public void A_second_thread_is_refused_and_disposal_waits(int threads)
    {
        var pool = new WorkerPool(threads);
        using ManualResetEventSlim started = new(),
            goOn = new();
        Task user = OnAnother(() =>
        {
            var work = new Meet(started, goOn);
            pool.For(6, ref work);
        });
        Assert.True(started.Wait(Patience));
        Assert.Contains("Another thread is using this pool of threads", Refused(() => RunOnce(pool)).Message);
        Refused(() => pool.Scratch(8).Dispose());
        Refused(() => pool.Hold().Dispose());
        Refused(() => GradientNorm.SumOfSquares(pool, new float[100]));
        Task disposing = OnAnother(pool.Dispose);
        Assert.False(EndsSoon(disposing));
        goOn.Set();
        Finish(disposing, user);
        Assert.Throws<ObjectDisposedException>(() => RunOnce(pool));
        Assert.Throws<ObjectDisposedException>(() => pool.Scratch(8).Dispose());
        Assert.Throws<ObjectDisposedException>(() => pool.Hold().Dispose());
        pool.Dispose();
    }

    [Fact]
    public void A_hold_is_one_piece_of_work()
    {
        using var pool = new WorkerPool(2);
        using (PoolHold hold = pool.Hold())
        {
            RunOnce(pool);
            Finish(OnAnother(() => Refused(() => RunOnce(pool))));
            RunOnce(pool);
        }

        Finish(OnAnother(() => RunOnce(pool)));
    }

    [Fact]
    public void A_chunk_that_asks_its_own_pool_is_refused()
    {
        using var pool = new WorkerPool(2);
        Refused(() =>
        {
            var work = new Nested(pool);
            pool.For(8, ref work);
        });
        RunOnce(pool);
    }

    [Fact]
    public void A_chunk_may_dispose_of_its_pool()
    {
        for (int i = 0; i < 20; i++)
        {
            var pool = new WorkerPool(3);
            Thread[] workers = WorkersOf(pool);
            var work = new Disposing(pool);
            pool.For(8, ref work);
            Assert.Throws<ObjectDisposedException>(() => RunOnce(pool));
            Assert.All(workers, w => Assert.True(w.Join(Patience)));
        }
    }

    [Fact]
    public void Work_that_lies_on_the_heap_may_be_moved()
    {
        using var pool = new WorkerPool(3);
        for (int i = 0; i < 20; i++)
        {
            var work = new CollectingWork[1];
            work[0] = new CollectingWork([.. Enumerable.Range(0, 16)], new int[16]);
            pool.For(16, ref work[0]);
            Assert.Equal(work[0].Values, work[0].Seen);
        }
    }

    [Fact]
    public void Scratch_that_is_lent_outlives_the_pool()
    {
        float[] values = [.. Enumerable.Range(0, 100_000).Select(i => (float)(i % 7))];
        double expected = values.Sum(v => (double)v * v);
        for (int i = 0; i < 10; i++)
        {
            Assert.Equal(expected, GradientNorm.SumOfSquares(new WorkerPool(2), values));
            GC.Collect();
        }
    }

    [Fact]
    public unsafe void Scratch_that_grows_bit_by_bit_leaves_few_blocks_behind()
    {
        using var pool = new WorkerPool(1);
        HashSet<nint> blocks = [];
        for (nuint kilobytes = 1; kilobytes <= 64; kilobytes++)
        {
            using Scratch lent = pool.Scratch(kilobytes << 10);
            new Span<byte>(lent.Pointer, (int)kilobytes << 10).Fill(1);
            blocks.Add((nint)lent.Pointer);
        }

        // Of 1, 4, 16 and 64 KB; one that a collection took may be where another was.
        Assert.InRange(blocks.Count, 1, 4);
    }

    [Fact]
    public void Large_scratch_does_not_set_aside_a_multiple_of_what_is_asked_for()
    {
        const nuint Large = 128 << 20;
        using var pool = new WorkerPool(1);
        pool.Scratch(Large).Dispose();
        long before = GC.GetAllocatedBytesForCurrentThread();
        pool.Scratch(Large + 1).Dispose();
        // 64 MB more than that, and a page of alignment.
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, (long)Large, (long)Large + (68L << 20));
    }

    [Fact]
    public void Threads_of_a_forgotten_pool_end()
    {
        Thread[] workers = [.. Enumerable.Range(0, 20).SelectMany(_ => Forgotten())];
        Assert.Equal(60, workers.Length);
        for (int i = 0; i < 10; i++)
        {
            GC.Collect();
            GC.WaitForPendingFinalizers();
        }

        Assert.All(workers, w => Assert.True(w.Join(Patience)));
    }

    [Fact]
    public void A_refused_number_of_threads_leaves_nothing_to_finalise()
    {
        for (int i = 0; i < 3; i++)
            Assert.Throws<ArgumentOutOfRangeException>(() => new WorkerPool(0));
        GC.Collect();
        GC.WaitForPendingFinalizers();
    }

    private static void RunOnce(WorkerPool pool)
    {
        int[] hits = new int[9];
        var work = new Count(hits);
        pool.For(hits.Length, ref work);
        Assert.All(hits, h => Assert.Equal(1, h));
    }

    // Not the derived ObjectDisposedException.
    private static InvalidOperationException Refused(Action act) => Assert.Throws<InvalidOperationException>(act);

    private static void Finish(params Task[] tasks) => Assert.True(Task.WaitAll(tasks, Patience), "a thread hangs");

    private static bool EndsSoon(Task task) => task.Wait(20);

    private static Task OnAnother(Action act) => Task.Factory.StartNew(act, TaskCreationOptions.LongRunning);

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static Thread[] Forgotten()
    {
        var pool = new WorkerPool(4);
        RunOnce(pool);
        return WorkersOf(pool);
    }

    // The threads refer to nothing of the pool's but what they share, and so do not keep it.
    private static Thread[] WorkersOf(WorkerPool pool)
    {
        object team = Field(pool, "_team");
        return (Thread[])Field(team, "_workers");

        static object Field(object owner, string name) =>
            owner.GetType().GetField(name, BindingFlags.Instance | BindingFlags.NonPublic)!.GetValue(owner)!;
    }

    private readonly struct CollectingWork(int[] values, int[] seen) : IChunkWork
    {
        public int[] Values => values;

        public int[] Seen => seen;

        public void Run(int chunk)
        {
            if (chunk % 4 == 0)
                GC.Collect(2, GCCollectionMode.Forced, blocking: true, compacting: true);
            seen[chunk] = values[chunk];
        }
    }
}
