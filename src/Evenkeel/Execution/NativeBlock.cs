using System.Runtime.InteropServices;

namespace Evenkeel.Execution;

/// <summary>
/// A block of native memory, zeroed and aligned to a cache line. Freed by <see cref="Dispose"/>; the finaliser is only a net for
/// callers who forget.
/// </summary>
internal sealed unsafe class NativeBlock : IDisposable
{
    private readonly void* _allocated;
    private byte* _pointer;

    public NativeBlock(long bytes)
    {
        Bytes = bytes;
        nuint size = (nuint)Math.Max(bytes, Planning.ArenaPlanner.Alignment);
        // Fresh pages are zero as they are; clearing them would touch all of a block that may be used in part only.
        _allocated = NativeMemory.AllocZeroed(size + Planning.ArenaPlanner.Alignment);
        nuint past = (nuint)_allocated % Planning.ArenaPlanner.Alignment;
        _pointer = (byte*)_allocated + (past == 0 ? 0 : Planning.ArenaPlanner.Alignment - past);
        GC.AddMemoryPressure((long)size);
    }

    ~NativeBlock() => Free();

    public long Bytes { get; }

    public byte* Pointer
    {
        get
        {
            ObjectDisposedException.ThrowIf(_pointer is null, this);
            return _pointer;
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
        return new Span<T>(Pointer + byteOffset, count);
    }

    public void Dispose()
    {
        Free();
        GC.SuppressFinalize(this);
    }

    private void Free()
    {
        if (_pointer is null)
            return;
        NativeMemory.Free(_allocated);
        _pointer = null;
        GC.RemoveMemoryPressure(Math.Max(Bytes, Planning.ArenaPlanner.Alignment));
    }
}
