using Evenkeel.Kernels.Storage;

namespace Evenkeel.Kernels.Threading;

/// <summary>
/// Memory for one kernel, lent by a pool until it is disposed of; no other thread may use the pool meanwhile. Aligned to 64 bytes, not
/// cleared.
/// </summary>
public readonly unsafe ref struct Scratch
{
    private readonly MemoryBlock _block;
    private readonly Exclusive.Turn _turn;

    internal Scratch(MemoryBlock block, Exclusive.Turn turn)
    {
        _block = block;
        _turn = turn;
    }

    /// <summary>The first byte, valid until the memory is given back.</summary>
    public byte* Pointer => _block.Pointer;

    /// <summary>Gives it back.</summary>
    public void Dispose()
    {
        // Addresses into it are in use until here.
        GC.KeepAlive(_block);
        _turn.Dispose();
    }
}
