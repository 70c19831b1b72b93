using Evenkeel.Kernels.Threading;
using Evenkeel.Testing;

namespace Evenkeel.Kernels.Tests;

public sealed class WorkerPoolTests
{
    private readonly struct Count(int[] hits) : IChunkWork
    {
        public void Run(int chunk) => Interlocked.Increment(ref hits[chunk]);
    }

    private readonly struct Fail : IChunkWork
    {
        public void Run(int chunk)
        {
            if (chunk == 5)
                throw new InvalidOperationException("chunk 5");
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(8)]
    public void Runs_every_chunk_once(int threads)
    {
        using var pool = new WorkerPool(threads);
        for (int repeat = 0; repeat < 2_000; repeat++)
        {
            int[] hits = new int[repeat % 23];
            var work = new Count(hits);
            pool.For(hits.Length, ref work);
            Assert.All(hits, h => Assert.Equal(1, h));
        }
    }

    [Fact]
    public void Wakes_workers_that_went_to_sleep()
    {
        using var pool = new WorkerPool(3);
        for (int repeat = 0; repeat < 20; repeat++)
        {
            Thread.Sleep(10);
            int[] hits = new int[7];
            var work = new Count(hits);
            pool.For(hits.Length, ref work);
            Assert.All(hits, h => Assert.Equal(1, h));
        }
    }

    [Fact]
    public void Passes_on_a_failure_and_stays_usable()
    {
        using var pool = new WorkerPool(2);
        var fail = new Fail();
        Assert.Throws<InvalidOperationException>(() => pool.For(9, ref fail));
        int[] hits = new int[9];
        var work = new Count(hits);
        pool.For(9, ref work);
        Assert.All(hits, h => Assert.Equal(1, h));
    }

    [Fact]
    public void Allocates_nothing_per_call()
    {
        using var pool = new WorkerPool(2);
        int[] hits = new int[16];
        var work = new Count(hits);
        pool.For(16, ref work);
        Assert.Equal(0, Allocations.Least(() => pool.For(16, ref work), calls: 100));
    }
}
