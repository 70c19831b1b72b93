using System.Runtime.Intrinsics.X86;

namespace Evenkeel.Kernels.Lanes;

/// <summary>
/// The width of the registers that kernels use. With a JIT it is the processor's. A program compiled by Native AOT has the width that it was
/// compiled for (<c>IlcInstructionSet</c>), on whatever processor it runs.
/// </summary>
public static class VectorWidth
{
    private const uint Avx2 = 1u << 5;

    // Foundation, doublewords and quadwords, conflict detection, bytes and words, shorter vectors: what x86-64-v4 consists of.
    private const uint Avx512 = 1u << 16 | 1u << 17 | 1u << 28 | 1u << 30 | 1u << 31;
    private const int FeatureLeaf = 7;
    private const int SavedStateLeaf = 13;
    private const int UpperHalvesOf256 = 2;
    private const int Upper16Of512 = 7;

    /// <summary>Bits of a register; 32 where there are no vectors.</summary>
    public static int Bits => WidestLanes.Bits;

    /// <summary>Bits of the widest registers that processor and system offer; never less than <see cref="Bits"/>.</summary>
    public static int ProcessorBits { get; } = Math.Max(WidestLanes.Bits, X86Base.IsSupported ? X86Bits() : 0);

    /// <summary>The same in words, such as <c>512 bits</c>, or <c>256 of 512 bits</c> where the processor has more.</summary>
    public static string Words =>
        Bits < ProcessorBits ? $"{Bits} of {ProcessorBits} bits"
        : Bits == 32 ? "scalar"
        : $"{Bits} bits";

    private static int X86Bits()
    {
        if (X86Base.CpuId(0, 0).Eax < SavedStateLeaf)
            return 128;
        var features = (uint)X86Base.CpuId(FeatureLeaf, 0).Ebx;
        return (features & Avx512) == Avx512 && IsSaved(Upper16Of512) ? 512
            : (features & Avx2) != 0 && IsSaved(UpperHalvesOf256) ? 256
            : 128;
    }

    // Registers that the system does not save for each thread cannot be used. The space it saves to ends behind the last that it does.
    private static bool IsSaved(int component)
    {
        (int size, int offset, _, _) = X86Base.CpuId(SavedStateLeaf, component);
        return size > 0 && offset + size <= X86Base.CpuId(SavedStateLeaf, 0).Ebx;
    }
}
