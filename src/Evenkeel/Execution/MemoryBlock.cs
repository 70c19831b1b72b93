using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Evenkeel.Kernels.Threading;

namespace Evenkeel.Execution;

/// <summary>
/// A block of memory, zeroed, aligned to a cache line and never moved. It belongs to the garbage collector: a span over it keeps it, even
/// when nothing else does any more, and kernels have its address meanwhile. <see cref="Dispose"/> lets go of it; a span that is still held
/// stays valid.
/// </summary>
internal sealed unsafe class MemoryBlock : IDisposable
{
    private readonly nuint _start;
    private CacheLine[]? _lines;

    public MemoryBlock(long bytes)
    {
        Bytes = bytes;
        nuint alignment = LargeMemory.AlignmentOf((nuint)bytes);
        long lines = (bytes + (long)alignment) / sizeof(CacheLine);
        _lines = GC.AllocateArray<CacheLine>(checked((int)(lines + 1)), pinned: true);
        nuint first = (nuint)Unsafe.AsPointer(ref MemoryMarshal.GetArrayDataReference(_lines));
        _start = (alignment - (first % alignment)) % alignment;
        LargeMemory.PreferLargePages((byte*)first + _start, (nuint)bytes);
    }

    public long Bytes { get; }

    public byte* Pointer => (byte*)Unsafe.AsPointer(ref First);

    private ref byte First
    {
        get
        {
            ObjectDisposedException.ThrowIf(_lines is null, this);
            return ref Unsafe.AddByteOffset(
                ref Unsafe.As<CacheLine, byte>(ref MemoryMarshal.GetArrayDataReference(_lines)),
                _start
            );
        }
    }

    public Span<T> Span<T>(long byteOffset, int count)
        where T : unmanaged
    {
        if (byteOffset < 0 || byteOffset + ((long)count * sizeof(T)) > Bytes)
            throw new ArgumentOutOfRangeException(
                nameof(byteOffset),
                $"{count} elements at {byteOffset} do not fit {Bytes} bytes."
            );
        return MemoryMarshal.CreateSpan(
            ref Unsafe.As<byte, T>(ref Unsafe.AddByteOffset(ref First, (nint)byteOffset)),
            count
        );
    }

    /// <summary>The same values as a span that keeps the block.</summary>
    /// <param name="values">By their address in this block.</param>
    public Span<T> Keeping<T>(Span<T> values)
        where T : unmanaged =>
        values.IsEmpty
            ? values
            : Span<T>((byte*)Unsafe.AsPointer(ref MemoryMarshal.GetReference(values)) - Pointer, values.Length);

    public void Dispose() => _lines = null;

    [StructLayout(LayoutKind.Sequential, Size = 64)]
    private struct CacheLine;
}
