namespace Evenkeel.Planning;

/// <summary>Where each buffer of an arena lies, and how large the arena is.</summary>
/// <param name="Offsets">Byte offset per request, -1 for one that is never live.</param>
/// <param name="Bytes">Size of the arena.</param>
public sealed record ArenaLayout(long[] Offsets, long Bytes);

/// <summary>
/// Places buffers in one arena so that no two that are live at the same step share a byte. Largest first, each at the lowest
/// free offset: data in, data out, no kernel involved.
/// </summary>
public static class ArenaPlanner
{
    /// <summary>Alignment of every buffer in bytes: one cache line, and the widest register.</summary>
    public const int Alignment = 64;

    /// <summary>Plans an arena for requests of the given sizes (bytes) and live ranges.</summary>
    public static ArenaLayout Plan(IReadOnlyList<long> bytes, IReadOnlyList<LiveRange> ranges)
    {
        ArgumentNullException.ThrowIfNull(bytes);
        ArgumentNullException.ThrowIfNull(ranges);
        long[] offsets = new long[bytes.Count];
        Array.Fill(offsets, -1);
        var placed = new List<int>();
        long top = 0;
        foreach (int i in Enumerable.Range(0, bytes.Count).OrderByDescending(i => bytes[i]).ThenBy(i => i))
        {
            if (!ranges[i].Exists)
                continue;
            offsets[i] = LowestFree(i, bytes, ranges, offsets, placed);
            placed.Add(i);
            top = Math.Max(top, offsets[i] + Align(bytes[i]));
        }

        return new ArenaLayout(offsets, top);
    }

    /// <summary>Rounds up to <see cref="Alignment"/>.</summary>
    public static long Align(long bytes) => (bytes + Alignment - 1) / Alignment * Alignment;

    private static long LowestFree(
        int i,
        IReadOnlyList<long> bytes,
        IReadOnlyList<LiveRange> ranges,
        long[] offsets,
        List<int> placed
    )
    {
        long size = Align(bytes[i]);
        long offset = 0;
        foreach (int j in placed.Where(j => ranges[j].Overlaps(ranges[i])).OrderBy(j => offsets[j]))
        {
            if (offset + size <= offsets[j])
                break;
            offset = Math.Max(offset, offsets[j] + Align(bytes[j]));
        }

        return offset;
    }
}
