using Evenkeel.Kernels.Threading;

namespace Evenkeel.Kernels.Tests.Threading;

public sealed class BackwardSharesTests
{
    [Fact]
    public void Every_chunk_runs_once_on_any_number_of_threads()
    {
        foreach (int threads in (int[])[1, 2, 3, 8])
        {
            using var pool = new WorkerPool(threads);
            foreach (int chunks in (int[])[0, 1, 2, 3, 7, 8, 63, 64])
            {
                int[] runs = new int[chunks];
                pool.ForBackwards(chunks, new Counting(runs));
                Assert.All(runs, n => Assert.Equal(1, n));
            }
        }
    }

    [Theory]
    [InlineData(7, 1)]
    [InlineData(7, 2)]
    [InlineData(3, 8)]
    [InlineData(64, 3)]
    public void A_share_is_run_from_its_end_and_stays_with_its_thread(int chunks, int threads)
    {
        for (int share = 0; share < threads; share++)
        {
            // A share begins with the first chunk c of c * threads >= chunks * share.
            int[] own = [.. Enumerable.Range(0, chunks).Where(c => (long)c * threads / chunks == share)];
            Assert.Equal(own.Reverse(), own.Select(c => ChunkShares.Mirror(c, chunks, threads)));
        }
    }

    private readonly struct Counting(int[] runs) : IChunkWork
    {
        public void Run(int chunk) => Interlocked.Increment(ref runs[chunk]);
    }
}
