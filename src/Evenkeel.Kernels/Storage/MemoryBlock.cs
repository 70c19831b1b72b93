using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Evenkeel.Kernels.Storage;

/// <summary>
/// A block of memory for weights, activations and scratch, zeroed, aligned to a cache line and never moved. It belongs to the garbage
/// collector and cannot be freed: a reference to the block, or to a span over it, keeps its memory. An address alone keeps nothing, so
/// code that computes by one refers to the block until it is done.
/// </summary>
public sealed unsafe class MemoryBlock
{
    /// <summary>Alignment in bytes of a block, and of what is placed in one: one cache line, and the widest register.</summary>
    public const int Alignment = 64;

    private readonly CacheLine[] _lines;
    private readonly nuint _start;

    /// <summary>Allocates; the pages of a large block cost nothing before they are touched.</summary>
    /// <param name="bytes">0 or more.</param>
    public MemoryBlock(long bytes)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(bytes);
        Bytes = bytes;
        nuint alignment = LargePages.AlignmentOf((nuint)bytes);
        long lines = (bytes + (long)alignment) / sizeof(CacheLine);
        _lines = GC.AllocateArray<CacheLine>(checked((int)(lines + 1)), pinned: true);
        nuint first = (nuint)Unsafe.AsPointer(ref MemoryMarshal.GetArrayDataReference(_lines));
        _start = (alignment - (first % alignment)) % alignment;
        LargePages.Prefer(Pointer, (nuint)bytes);
    }

    /// <summary>Its size.</summary>
    public long Bytes { get; }

    /// <summary>The address of its first byte, valid as long as something refers to the block.</summary>
    public byte* Pointer => (byte*)Unsafe.AsPointer(ref First);

    /// <summary>Rounds a size up to <see cref="Alignment"/>.</summary>
    public static long Align(long bytes) => (bytes + Alignment - 1) / Alignment * Alignment;

    /// <summary>All of it as a span, which keeps the memory.</summary>
    public Span<byte> All => Span<byte>(0, checked((int)Bytes));

    /// <summary>All of it as memory, which keeps it.</summary>
    public Memory<byte> Memory => new BlockMemory(this).Memory;

    private ref byte First =>
        ref Unsafe.AddByteOffset(
            ref Unsafe.As<CacheLine, byte>(ref MemoryMarshal.GetArrayDataReference(_lines)),
            _start
        );

    /// <summary>Part of it as a span, which keeps the memory.</summary>
    /// <param name="byteOffset">Where the part begins.</param>
    /// <param name="count">Elements.</param>
    /// <exception cref="ArgumentOutOfRangeException">The part does not lie in the block.</exception>
    public Span<T> Span<T>(long byteOffset, int count)
        where T : unmanaged
    {
        if (byteOffset < 0 || count < 0 || byteOffset + ((long)count * sizeof(T)) > Bytes)
            throw new ArgumentOutOfRangeException(
                nameof(byteOffset),
                $"{count} elements at {byteOffset} do not fit {Bytes} bytes."
            );
        return MemoryMarshal.CreateSpan(
            ref Unsafe.As<byte, T>(ref Unsafe.AddByteOffset(ref First, (nint)byteOffset)),
            count
        );
    }

    /// <summary>The same values as a span that keeps the memory.</summary>
    /// <param name="values">By their address in this block.</param>
    public Span<T> Keeping<T>(Span<T> values)
        where T : unmanaged =>
        values.IsEmpty
            ? values
            : Span<T>((byte*)Unsafe.AsPointer(ref MemoryMarshal.GetReference(values)) - Pointer, values.Length);

    [StructLayout(LayoutKind.Sequential, Size = 64)]
    private struct CacheLine;
}
