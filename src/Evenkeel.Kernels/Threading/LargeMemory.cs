using System.Runtime.InteropServices;

namespace Evenkeel.Kernels.Threading;

/// <summary>
/// Native memory for weights and activations, zeroed and aligned to a cache line. Blocks of some megabytes ask for large pages where the
/// system grants them on request: fewer faults when they are first touched, fewer misses of the address cache ever after.
/// </summary>
public static unsafe partial class LargeMemory
{
    private const nuint CacheLine = 64;
    private const nuint LargePage = 1 << 21;
    private const int AdviseHugePages = 14;

    /// <summary>Allocates; the pages of a large block cost nothing before they are touched.</summary>
    /// <param name="bytes">1 or more.</param>
    /// <param name="block">To be given to <see cref="Free"/>.</param>
    /// <returns>The first byte, aligned to 64.</returns>
    public static byte* Allocate(nuint bytes, out nint block)
    {
        nuint alignment = AlignmentOf(bytes);
        byte* memory = (byte*)NativeMemory.AllocZeroed(bytes + alignment);
        block = (nint)memory;
        nuint past = (nuint)memory % alignment;
        byte* first = past == 0 ? memory : memory + (alignment - past);
        PreferLargePages(first, bytes);
        return first;
    }

    /// <summary>The alignment of a block: that of large pages where it is some of them long, else that of a cache line.</summary>
    /// <param name="bytes">Its size.</param>
    public static nuint AlignmentOf(nuint bytes) => bytes < 2 * LargePage ? CacheLine : LargePage;

    /// <summary>Asks for large pages under a block of some of them. Advice alone: where it is not taken, pages are small.</summary>
    /// <param name="first">Its first byte, aligned by <see cref="AlignmentOf"/>.</param>
    /// <param name="bytes">Its size.</param>
    public static void PreferLargePages(byte* first, nuint bytes)
    {
        if (AlignmentOf(bytes) == LargePage && OperatingSystem.IsLinux())
            _ = Advise(first, bytes / LargePage * LargePage, AdviseHugePages);
    }

    /// <summary>Frees a block; nothing happens for 0.</summary>
    public static void Free(nint block) => NativeMemory.Free((void*)block);

    [LibraryImport("libc", EntryPoint = "madvise")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int Advise(byte* address, nuint length, int advice);
}
