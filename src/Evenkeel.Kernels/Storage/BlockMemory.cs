using System.Buffers;

namespace Evenkeel.Kernels.Storage;

/// <summary>A block for whoever takes memory. Nothing is to be released: whoever has the memory keeps the block.</summary>
internal sealed unsafe class BlockMemory(MemoryBlock block) : MemoryManager<byte>
{
    /// <inheritdoc/>
    public override Span<byte> GetSpan() => block.All;

    /// <inheritdoc/>
    public override MemoryHandle Pin(int elementIndex = 0) => new(block.Pointer + elementIndex, pinnable: this);

    /// <inheritdoc/>
    public override void Unpin() { }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing) { }
}
