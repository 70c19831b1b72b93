namespace Evenkeel.Kernels.Tests.Elementwise;

/// <summary>Asserts on managed memory.</summary>
internal static class Allocations
{
    /// <summary>Runs an action until it is warm, then requires that it allocates nothing on this thread.</summary>
    public static void AssertNone(Action action)
    {
        for (int i = 0; i < 3; i++)
            action();
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < 20; i++)
            action();
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }
}
