using Evenkeel.Kernels.Threading;
using Evenkeel.Testing;

namespace Evenkeel.Kernels.Tests.Threading;

public sealed class ThreadChoiceTests
{
    [Theory]
    [InlineData(1, 1)]
    [InlineData(2, 1)]
    [InlineData(2, 2)]
    [InlineData(16, 1)]
    [InlineData(16, 4)]
    [InlineData(16, 16)]
    [InlineData(6, 3)]
    public void The_fastest_number_of_threads_is_found_and_found_again_when_it_changes(int most, int fastest)
    {
        var trials = new ThreadTrials(most);
        Assert.Equal(most, trials.Threads);
        Settle(trials, threads => 100 + Math.Abs(threads - fastest));
        Assert.Equal(fastest, trials.Threads);
        Settle(trials, threads => 100 + Math.Abs(threads - most));
        Assert.Equal(most, trials.Threads);
    }

    [Fact]
    public void Of_equal_times_the_fewest_threads_are_taken() => Assert.Equal(1, Settle(new ThreadTrials(8), _ => 100));

    [Fact]
    public void A_run_that_was_held_up_does_not_decide()
    {
        var trials = new ThreadTrials(2);
        int run = 0;
        Assert.Equal(2, Settle(trials, threads => (run++ % 6 == 3 ? 1000 : 100) + (50 * (2 - threads))));
    }

    [Fact]
    public void Long_work_is_never_tried_with_fewer_threads()
    {
        var trials = new ThreadTrials(4);
        for (int run = 0; run < 1000; run++)
        {
            Assert.Equal(4, trials.Threads);
            trials.Took(ThreadTrials.LongTicks + 1);
        }
    }

    [Fact]
    public void A_hold_gives_its_work_the_threads_of_the_choice()
    {
        using var pool = new WorkerPool(8);
        for (int round = 0; round < 200; round++)
        {
            int threads = 8 >> (round % 4);
            var choice = new ThreadChoice();
            ThreadTrials trials = choice.TrialsOf(10, 8);
            while (trials.Threads != threads)
                trials.Took(trials.Threads);
            using (pool.Hold(choice, 10))
            {
                using PoolHold inner = pool.Hold(new ThreadChoice(), 10);
                Assert.Equal(threads, pool.Active);
                foreach (int chunks in (int[])[0, 1, 2, 7, 8, 9, 64])
                {
                    int[] runs = new int[chunks];
                    var work = new Counting(runs);
                    pool.For(chunks, ref work);
                    pool.ForBackwards(chunks, work);
                    Assert.All(runs, n => Assert.Equal(2, n));
                }
            }

            Assert.Equal(8, pool.Active);
        }
    }

    [Fact]
    public void A_choice_costs_no_memory()
    {
        using var pool = new WorkerPool(2);
        var choice = new ThreadChoice();
        Assert.Equal(0, Allocations.Least(() => pool.Hold(choice, 3).Dispose()));
    }

    // Runs until a trial is over and the choice stands.
    private static int Settle(ThreadTrials trials, Func<int, long> time)
    {
        for (int run = 0; run < ThreadTrials.FirstInterval * 5; run++)
            trials.Took(time(trials.Threads));
        return trials.Threads;
    }

    private readonly struct Counting(int[] runs) : IChunkWork
    {
        public void Run(int chunk) => Interlocked.Increment(ref runs[chunk]);
    }
}
