namespace Evenkeel.Testing;

/// <summary>Counts managed memory that code allocates on the thread that calls it.</summary>
public static class Allocations
{
    private const int Rounds = 5;

    /// <summary>
    /// The least bytes that <paramref name="calls"/> calls allocate, of five rounds after <paramref name="warmUp"/> calls. The runtime
    /// books what is left of a thread's allocation buffer as allocated when another thread's collection takes it away, at most once
    /// in a while; code that allocates at each call shows in every round.
    /// </summary>
    public static long Least(Action action, int warmUp = 3, int calls = 20)
    {
        ArgumentNullException.ThrowIfNull(action);
        for (int i = 0; i < warmUp; i++)
            action();
        long least = long.MaxValue;
        for (int round = 0; round < Rounds && least > 0; round++)
        {
            long before = GC.GetAllocatedBytesForCurrentThread();
            for (int i = 0; i < calls; i++)
                action();
            least = Math.Min(least, GC.GetAllocatedBytesForCurrentThread() - before);
        }

        return least;
    }
}
