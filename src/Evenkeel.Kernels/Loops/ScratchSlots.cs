namespace Evenkeel.Kernels.Loops;

/// <summary>
/// Hands each running chunk scratch memory of its own, as many slots as threads rather than as chunks: memory that was used a moment ago is still
/// in a cache. A thread gets the slot again that it had last, and a slot's addresses have the same remainder in all kernels, so that its memory is
/// not in the caches of another thread: otherwise a step moves each block of tiles from core to core at every kernel. Results must not depend on
/// which slot a chunk gets.
/// </summary>
internal readonly unsafe struct ScratchSlots
{
    // As long as the blocks of most kernels, with what lies beside them.
    private static readonly nint _unit = 2 * Caches.BlockBytes / sizeof(float);

    [ThreadStatic]
    private static int _last;

    private readonly float* _first;
    private readonly nint _stride;
    private readonly int* _taken;
    private readonly int _count;

    /// <param name="memory">As much as <see cref="Floats"/> says; what of it no slot has is not touched.</param>
    /// <param name="floats">Floats of a slot.</param>
    /// <param name="count">Slots: the threads of the pool.</param>
    public ScratchSlots(float* memory, nint floats, int count)
    {
        (_stride, _count) = (Stride(floats), count);
        nuint period = (nuint)(count * _stride * sizeof(float)),
            beyond = (nuint)memory % period;
        _first = beyond == 0 ? memory : (float*)((byte*)memory + (period - beyond));
        _taken = (int*)Memory(count);
        new Span<int>(_taken, count).Clear();
    }

    /// <summary>Floats to set aside for so many slots of so many floats, wherever they begin.</summary>
    public static nint Floats(nint floats, int count) => (2 * count * Stride(floats)) + count;

    /// <summary>The memory of slot <paramref name="slot"/>.</summary>
    public float* Memory(int slot) => _first + (slot * _stride);

    /// <summary>Takes a free slot: the one that this thread had last, if it is free. There is one, as no thread runs two chunks at once.</summary>
    public int Take()
    {
        int slot = _last < _count ? _last : 0;
        while (Interlocked.CompareExchange(ref _taken[slot], 1, 0) != 0)
            slot = slot + 1 < _count ? slot + 1 : 0;
        _last = slot;
        return slot;
    }

    /// <summary>Gives <paramref name="slot"/> back.</summary>
    public void Return(int slot) => Volatile.Write(ref _taken[slot], 0);

    private static nint Stride(nint floats) => (floats + _unit - 1) / _unit * _unit;
}
