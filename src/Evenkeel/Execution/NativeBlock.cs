using Evenkeel.Kernels.Threading;

namespace Evenkeel.Execution;

/// <summary>
/// A block of native memory, zeroed and aligned to a cache line. Freed by <see cref="Dispose"/>; the finaliser is only a net for
/// callers who forget.
/// </summary>
internal sealed unsafe class NativeBlock : IDisposable
{
    private readonly nint _block;
    private byte* _pointer;

    public NativeBlock(long bytes)
    {
        Bytes = bytes;
        nuint size = (nuint)Math.Max(bytes, Planning.ArenaPlanner.Alignment);
        _pointer = LargeMemory.Allocate(size, out _block);
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
        LargeMemory.Free(_block);
        _pointer = null;
        GC.RemoveMemoryPressure(Math.Max(Bytes, Planning.ArenaPlanner.Alignment));
    }
}
