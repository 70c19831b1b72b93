using Evenkeel.Kernels.Threading;

namespace Evenkeel.Kernels.Tests.Threading;

/// <summary>Small pieces of work in quick succession, where a thread may still look for chunks of the piece before.</summary>
public sealed class ChunkRaceTests
{
    private const int MostChunks = 11;

    // Each chunk says in which piece of work it ran; a chunk of an earlier or later piece would say another.
    private readonly struct Mark(int piece, int[] marks) : IChunkWork
    {
        public void Run(int chunk)
        {
            // A long chunk now and then, so that others have to steal.
            if ((piece + chunk) % 97 == 0)
                Thread.SpinWait(200);
            Interlocked.Add(ref marks[chunk], piece);
        }
    }

    [Theory]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(9)]
    public void No_chunk_is_lost_doubled_or_run_for_another_piece(int threads)
    {
        using var pool = new WorkerPool(threads);
        int[] marks = new int[MostChunks];
        for (int piece = 1; piece <= 100_000 / threads; piece++)
        {
            int chunks = 1 + (piece * 7 % MostChunks);
            Array.Clear(marks);
            pool.For(chunks, new Mark(piece, marks));
            for (int i = 0; i < MostChunks; i++)
                Assert.Equal(i < chunks ? piece : 0, marks[i]);
        }
    }

    [Fact]
    public void Two_pools_do_not_disturb_each_other()
    {
        using WorkerPool one = new(2),
            other = new(3);
        int[] marks = new int[MostChunks],
            others = new int[MostChunks];
        for (int piece = 1; piece <= 20_000; piece++)
        {
            Array.Clear(marks);
            Array.Clear(others);
            one.For(5, new Mark(piece, marks));
            other.For(MostChunks, new Mark(-piece, others));
            Assert.All(marks[..5], m => Assert.Equal(piece, m));
            Assert.All(others, m => Assert.Equal(-piece, m));
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(4)]
    [InlineData(5)]
    [InlineData(64)]
    public void Shares_hold_every_chunk_but_the_callers_first(int chunks)
    {
        const int Threads = 4;
        var shares = new ChunkShares(Threads);
        shares.Begin(chunks, Task(Math.Min(chunks, Threads)));
        var taken = new List<int>();
        while (shares.Take(0, out _) is >= 0 and int own)
            taken.Add(own);
        while (shares.Steal(0, out _) is >= 0 and int stolen)
            taken.Add(stolen);
        Assert.Equal(Enumerable.Range(1, chunks - 1), taken.Order());
        Assert.All(Enumerable.Range(0, Threads), thread => Assert.False(shares.Has(thread)));
    }

    // Nothing runs it.
    private static unsafe ChunkTask Task(int threads) => new(null, null, threads);
}
