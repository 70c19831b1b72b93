using System.Runtime.Intrinsics.X86;

namespace Evenkeel.Kernels.Loops;

/// <summary>The cache that all cores share, as the processor describes it.</summary>
internal static class LastLevelCache
{
    // Leaves of the processor's description with one entry for each cache: that of Intel, and that of AMD in the same form.
    private const int IntelLeaf = 4;
    private const int AmdLeaf = unchecked((int)0x8000_001D);
    private const int AmdLast = unchecked((int)0x8000_0000);

    // An end of the list that a faulty description does not have.
    private const int MostCaches = 8;

    /// <summary>Its size, or 0 where the processor does not say.</summary>
    public static long Bytes { get; } = X86Base.IsSupported ? Math.Max(Largest(IntelLeaf), OfAmd()) : 0;

    private static long OfAmd() =>
        (uint)X86Base.CpuId(AmdLast, 0).Eax >= unchecked((uint)AmdLeaf) ? Largest(AmdLeaf) : 0;

    private static long Largest(int leaf)
    {
        if (leaf == IntelLeaf && X86Base.CpuId(0, 0).Eax < IntelLeaf)
            return 0;
        long largest = 0;
        for (int i = 0; i < MostCaches; i++)
        {
            (int kind, int shape, int sets, _) = X86Base.CpuId(leaf, i);
            if ((kind & 31) == 0)
                break;
            long lineBytes = (shape & 0xFFF) + 1,
                partitions = ((shape >> 12) & 0x3FF) + 1,
                ways = ((shape >> 22) & 0x3FF) + 1;
            largest = Math.Max(largest, lineBytes * partitions * ways * ((uint)sets + 1L));
        }

        return largest;
    }
}
