using Evenkeel.Kernels.Storage;

namespace Evenkeel.Planning;

/// <summary>Where each buffer of an arena lies, and how large the arena is.</summary>
/// <param name="Offsets">Byte offset per request, -1 for one that is never live.</param>
/// <param name="Bytes">Size of the arena.</param>
internal sealed record ArenaLayout(long[] Offsets, long Bytes);

/// <summary>
/// Places buffers in one arena so that no two that are live at the same step share a byte. Largest first, each at the lowest
/// free offset: data in, data out, no kernel involved.
/// </summary>
internal static class ArenaPlanner
{
    /// <summary>Plans an arena for requests of the given sizes (bytes) and live ranges.</summary>
    public static ArenaLayout Plan(IReadOnlyList<long> bytes, IReadOnlyList<LiveRange> ranges)
    {
        ArgumentNullException.ThrowIfNull(bytes);
        ArgumentNullException.ThrowIfNull(ranges);
        long[] offsets = new long[bytes.Count];
        Array.Fill(offsets, -1);
        var space = new ArenaSpace(ranges.Where(r => r.Exists).Select(r => r.Last + 1).DefaultIfEmpty(0).Max());
        long top = 0;
        // Of equal ones those that are needed first: one that follows another finds its place free, so fewer gaps are left.
        IEnumerable<int> order = Enumerable
            .Range(0, bytes.Count)
            .Where(i => ranges[i].Exists)
            .OrderByDescending(i => bytes[i])
            .ThenBy(i => ranges[i].First);
        foreach (int i in order)
        {
            long size = MemoryBlock.Align(bytes[i]);
            offsets[i] = space.LowestFree(ranges[i], size);
            space.Take(ranges[i], offsets[i], size);
            top = Math.Max(top, offsets[i] + size);
        }

        return new ArenaLayout(offsets, top);
    }
}
