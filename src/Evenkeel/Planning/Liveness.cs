namespace Evenkeel.Planning;

/// <summary>Live ranges from what the steps say they read and write, and from nothing else.</summary>
internal static class Liveness
{
    public static LiveRange[] Compute(IReadOnlyList<Step> steps, int buffers, IEnumerable<int> readAfterwards)
    {
        var ranges = new LiveRange[buffers];
        Array.Fill(ranges, LiveRange.None);
        for (int i = 0; i < steps.Count; i++)
        {
            foreach (int buffer in steps[i].Reads)
            {
                // A read before any write can only be of memory that outlives the plan.
                ranges[buffer] = Extend(ranges[buffer], i);
            }

            foreach (int buffer in steps[i].Writes)
                ranges[buffer] = Extend(ranges[buffer], i);
        }

        foreach (int buffer in readAfterwards)
        {
            if (ranges[buffer].Exists)
                ranges[buffer] = ranges[buffer] with { Last = steps.Count };
        }

        return ranges;
    }

    private static LiveRange Extend(LiveRange range, int step) =>
        new(Math.Min(range.First, step), Math.Max(range.Last, step));
}
