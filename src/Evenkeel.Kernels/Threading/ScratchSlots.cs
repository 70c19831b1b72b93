namespace Evenkeel.Kernels.Threading;

/// <summary>
/// Hands each running chunk scratch memory of its own, as many pieces as threads rather than as chunks: memory that was used a
/// moment ago is still in a cache. Results must not depend on which slot a chunk gets.
/// </summary>
internal readonly unsafe struct ScratchSlots
{
    [ThreadStatic]
    private static int _last;

    private readonly int* _taken;
    private readonly int _count;

    /// <param name="memory">An integer for each slot.</param>
    /// <param name="count">Slots: the threads of the pool.</param>
    public ScratchSlots(int* memory, int count)
    {
        new Span<int>(memory, count).Clear();
        _taken = memory;
        _count = count;
    }

    /// <summary>
    /// Takes a free slot: the one that this thread had last, if it is free. There is one, as no thread runs two chunks at once.
    /// </summary>
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
}
