using System.Diagnostics;

namespace Evenkeel.Ranks;

/// <summary>Ranks that are threads of this process: for tests, and for trying out on one machine.</summary>
public static class InProcessRanks
{
    /// <summary>
    /// Runs <paramref name="body"/> on as many threads, each of which is one rank, and waits for all. What a rank computes without naming a
    /// device runs on its share of the processors.
    /// </summary>
    /// <param name="ranks">1 or more.</param>
    /// <param name="body">What each rank does.</param>
    /// <param name="timeout">How long a rank waits for another; null is the default.</param>
    /// <exception cref="CommunicatorException">A rank threw, which ended all; its cause is inside.</exception>
    public static void Run(int ranks, Action<Communicator> body, TimeSpan? timeout = null)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(ranks, 1);
        ArgumentNullException.ThrowIfNull(body);
        var group = new InProcessGroup(ranks);
        Thread[] threads = [.. Enumerable.Range(0, ranks).Select(rank => Start(group, rank, body, timeout))];
        // Whoever computes on without a word after a failure is left behind.
        long failed = 0;
        foreach (Thread thread in threads)
        {
            while (!thread.Join(100))
            {
                if (group.Failure is null)
                    continue;
                failed = failed == 0 ? Stopwatch.GetTimestamp() : failed;
                if (Stopwatch.GetElapsedTime(failed) > (timeout ?? TimeSpan.FromSeconds(10)))
                    break;
            }
        }

        if (group.Failure is { } failure)
            throw InProcessGroup.Report(failure);
    }

    private static Thread Start(InProcessGroup group, int rank, Action<Communicator> body, TimeSpan? timeout)
    {
        InProcessCommunicator communicator = group.Add(rank);
        communicator.Timeout = timeout ?? communicator.Timeout;
        var thread = new Thread(() =>
        {
            try
            {
                using var thisThread = new RankThread(group.Size);
                body(communicator);
            }
            catch (Exception e)
            {
                group.Fail(CommunicatorException.Of(rank, group.Size, e));
            }
        })
        {
            Name = $"rank {rank}",
            IsBackground = true,
        };
        thread.Start();
        return thread;
    }
}
