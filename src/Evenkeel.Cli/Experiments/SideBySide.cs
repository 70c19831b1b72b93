using System.Runtime.ExceptionServices;

namespace Evenkeel.Cli.Experiments;

/// <summary>Runs that need nothing of each other, on a thread each, as many at a time as there are threads to use.</summary>
internal static class SideBySide
{
    /// <summary>Runs all of them; the first failure is thrown once all have ended.</summary>
    public static void Run(int threads, IReadOnlyList<Action> runs)
    {
        var failures = new ExceptionDispatchInfo?[runs.Count];
        int next = -1;
        Thread[] workers = [.. Enumerable.Range(0, Math.Clamp(threads, 1, runs.Count)).Select(_ => new Thread(Work))];
        foreach (Thread worker in workers)
            worker.Start();
        foreach (Thread worker in workers)
            worker.Join();
        Array.Find(failures, f => f is not null)?.Throw();

        void Work()
        {
            for (int i = Interlocked.Increment(ref next); i < runs.Count; i = Interlocked.Increment(ref next))
            {
                try
                {
                    runs[i]();
                }
                catch (Exception e)
                {
                    failures[i] = ExceptionDispatchInfo.Capture(e);
                }
            }
        }
    }
}
