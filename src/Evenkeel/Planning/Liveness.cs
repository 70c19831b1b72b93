using Evenkeel.Lowering;

namespace Evenkeel.Planning;

/// <summary>Live ranges from what the steps say they read and write, and from nothing else.</summary>
internal static class Liveness
{
    public static LiveRange[] Compute(
        IReadOnlyList<Step> steps,
        IReadOnlyList<BufferInfo> buffers,
        IEnumerable<BufferId> readAfterwards
    )
    {
        int Owner(BufferId buffer) => (buffers[buffer.Index].View?.Base ?? buffer).Index;
        var ranges = new LiveRange[buffers.Count];
        Array.Fill(ranges, LiveRange.None);
        for (int i = 0; i < steps.Count; i++)
        {
            foreach (int buffer in steps[i].Reads.Select(Owner))
            {
                // A read before any write can only be of memory that outlives the plan.
                ranges[buffer] = Extend(ranges[buffer], i);
            }

            foreach (int buffer in steps[i].Writes.Select(Owner))
                ranges[buffer] = Extend(ranges[buffer], i);
        }

        foreach (int buffer in readAfterwards.Select(Owner))
        {
            if (ranges[buffer].Exists)
                ranges[buffer] = ranges[buffer] with { Last = steps.Count };
        }

        return ranges;
    }

    private static LiveRange Extend(LiveRange range, int step) =>
        new(Math.Min(range.First, step), Math.Max(range.Last, step));
}
