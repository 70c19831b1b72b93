using System.Runtime.Intrinsics.X86;

namespace Evenkeel.Kernels.Loops;

/// <summary>The data caches, as the processor describes them.</summary>
internal static class Caches
{
    // Leaves of the processor's description with one entry for each cache: that of Intel, and that of AMD in the same form.
    private const int IntelLeaf = 4;
    private const int AmdLeaf = unchecked((int)0x8000_001D);
    private const int AmdLast = unchecked((int)0x8000_0000);

    // An end of the list that a faulty description does not have.
    private const int MostCaches = 8;

    // Kinds of a cache: instructions alone stand between these two.
    private const int OfData = 1;
    private const int OfBoth = 3;

    private const long SmallestFirstLevel = 32 << 10;
    private const int BlockPart = 4;
    private const long SmallestBlock = 128 << 10;
    private const long LargestBlock = 512 << 10;

    /// <summary>The first-level cache of a core: 32 KB at least, also where the processor does not say.</summary>
    public static long FirstLevelBytes { get; } = Math.Max(SmallestFirstLevel, Largest(1, 1));

    /// <summary>The second-level cache of a core, or 0 where the processor does not say.</summary>
    public static long SecondLevelBytes { get; } = Largest(2, 2);

    /// <summary>The largest cache, which cores share, or 0 where the processor does not say.</summary>
    public static long LastLevelBytes { get; } = Largest(1, MostCaches);

    /// <summary>
    /// What a loop may keep for itself of a core's second-level cache: a quarter, beside weights and what was asked for ahead. On Zen 3, whose
    /// cache has 512 KB, Winograd's convolutions of 16 channels take 1.1 times as long with half of it.
    /// </summary>
    public static int BlockBytes { get; } = (int)Math.Clamp(SecondLevelBytes / BlockPart, SmallestBlock, LargestBlock);

    /// <summary>
    /// Floats from row to row for rows of so many floats: those four cache lines apart would compete for a quarter of the first-level cache's sets.
    /// </summary>
    public static nint Apart(nint floats) => floats % 64 == 0 ? floats + 16 : floats;

    private static long Largest(int firstLevel, int lastLevel)
    {
        if (!X86Base.IsSupported)
            return 0;
        long intel = X86Base.CpuId(0, 0).Eax >= IntelLeaf ? Largest(IntelLeaf, firstLevel, lastLevel) : 0;
        bool amd = (uint)X86Base.CpuId(AmdLast, 0).Eax >= unchecked((uint)AmdLeaf);
        return Math.Max(intel, amd ? Largest(AmdLeaf, firstLevel, lastLevel) : 0);
    }

    private static long Largest(int leaf, int firstLevel, int lastLevel)
    {
        long largest = 0;
        for (int i = 0; i < MostCaches; i++)
        {
            (int description, int shape, int sets, _) = X86Base.CpuId(leaf, i);
            int kind = description & 31,
                level = (description >> 5) & 7;
            if (kind == 0)
                break;
            if (kind is not (OfData or OfBoth) || level < firstLevel || level > lastLevel)
                continue;
            long lineBytes = (shape & 0xFFF) + 1,
                partitions = ((shape >> 12) & 0x3FF) + 1,
                ways = ((shape >> 22) & 0x3FF) + 1;
            largest = Math.Max(largest, lineBytes * partitions * ways * ((uint)sets + 1L));
        }

        return largest;
    }
}
