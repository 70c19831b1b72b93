using System.Diagnostics;
using Evenkeel.Kernels.Storage;

namespace Evenkeel.Ranks;

/// <summary>A transfer between threads: whoever comes last copies.</summary>
internal sealed class InProcessTransfer(
    InProcessGroup group,
    InProcessCommunicator rank,
    ReadOnlySpan<MemoryBlock> memory
) : Transfer(rank, memory)
{
    // Beyond it Monitor refuses.
    private static readonly TimeSpan LongestWait = TimeSpan.FromDays(1);

    /// <summary>The rank that it belongs to.</summary>
    public InProcessCommunicator Owner { get; } = rank;

    /// <summary>What is not done yet of it: a collective, or both ways of a swap. Guarded by the group.</summary>
    public int Open { get; set; }

    protected override void Begin() => group.Post(this);

    protected override bool Wait(TimeSpan timeout)
    {
        long start = Stopwatch.GetTimestamp();
        lock (group)
        {
            while (Open > 0)
            {
                group.ThrowIfFailed();
                if (timeout <= TimeSpan.Zero)
                    return false;
                TimeSpan left = timeout - Stopwatch.GetElapsedTime(start);
                // Given up under the lock: nobody writes into memory that the caller lets go of.
                if (left <= TimeSpan.Zero)
                    Owner.GiveUp();
                else
                    Monitor.Wait(group, left < LongestWait ? left : LongestWait);
            }
        }

        return true;
    }
}
