using System.Collections.Concurrent;
using System.Numerics;
using System.Runtime.InteropServices;

namespace Evenkeel.Testing;

/// <summary>
/// Native memory whose end touches, on Linux, a page that may not be accessed. What is given back serves whoever asks next: to map and to
/// unmap it takes the system longer than most kernels take to fill it.
/// </summary>
internal readonly unsafe partial struct GuardedBlock
{
    private const int ReadWrite = 3;
    private const int PrivateAnonymous = 0x22;

    // By the logarithm of the pages, up to 1024 of them; larger ones go back to the system.
    private static readonly ConcurrentBag<GuardedBlock>[] Free = [.. Enumerable.Range(0, 11).Select(_ => Empty())];

    private readonly byte* _start;
    private readonly int _order;

    private GuardedBlock(byte* start, int order)
    {
        _start = start;
        _order = order;
    }

    /// <summary>Whether there is such a page.</summary>
    public static bool HasGuardPage { get; } = OperatingSystem.IsLinux();

    /// <summary>The first byte behind it.</summary>
    public byte* End => _start + Bytes(_order);

    private static nuint Page => (nuint)Environment.SystemPageSize;

    /// <summary>Finds <paramref name="bytes"/> of memory, which hold what the last to use them left.</summary>
    public static GuardedBlock Take(nuint bytes)
    {
        int order = BitOperations.Log2(BitOperations.RoundUpToPowerOf2((bytes + Page - 1) / Page));
        return order < Free.Length && Free[order].TryTake(out GuardedBlock block) ? block : new(Map(order), order);
    }

    /// <summary>Leaves it to others.</summary>
    public void GiveBack()
    {
        if (_order < Free.Length)
            Free[_order].Add(this);
        else if (HasGuardPage)
            _ = Unmap((nint)_start, Bytes(_order) + Page);
        else
            NativeMemory.Free(_start);
    }

    private static ConcurrentBag<GuardedBlock> Empty() => [];

    private static nuint Bytes(int order) => Page << order;

    private static byte* Map(int order)
    {
        nuint bytes = Bytes(order);
        if (!HasGuardPage)
            return (byte*)NativeMemory.Alloc(bytes);
        nint start = Map(0, bytes + Page, ReadWrite, PrivateAnonymous, -1, 0);
        if (start == -1 || Protect(start + (nint)bytes, Page, 0) != 0)
            throw new InvalidOperationException("The operating system refuses a guard page.");
        return (byte*)start;
    }

    [LibraryImport("libc", EntryPoint = "mmap")]
    private static partial nint Map(nint address, nuint length, int protection, int flags, int file, nint offset);

    [LibraryImport("libc", EntryPoint = "mprotect")]
    private static partial int Protect(nint address, nuint length, int protection);

    [LibraryImport("libc", EntryPoint = "munmap")]
    private static partial int Unmap(nint address, nuint length);
}
