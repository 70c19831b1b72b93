using System.Runtime.InteropServices;

namespace Evenkeel.Kernels.Storage;

/// <summary>
/// Large pages where the system grants them on request: fewer faults when memory is first touched, fewer misses of the address cache ever
/// after.
/// </summary>
internal static unsafe partial class LargePages
{
    private const nuint CacheLine = 64;
    private const nuint Page = 1 << 21;
    private const int AdviseHugePages = 14;

    /// <summary>The alignment of a block: that of large pages where it is some of them long, else that of a cache line.</summary>
    /// <param name="bytes">Its size.</param>
    public static nuint AlignmentOf(nuint bytes) => bytes < 2 * Page ? CacheLine : Page;

    /// <summary>Asks for large pages under a block of some of them. Advice alone: where it is not taken, pages are small.</summary>
    /// <param name="first">Its first byte, aligned by <see cref="AlignmentOf"/>.</param>
    /// <param name="bytes">Its size.</param>
    public static void Prefer(byte* first, nuint bytes)
    {
        if (AlignmentOf(bytes) == Page && OperatingSystem.IsLinux())
            _ = Advise(first, bytes / Page * Page, AdviseHugePages);
    }

    [LibraryImport("libc", EntryPoint = "madvise")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int Advise(byte* address, nuint length, int advice);
}
