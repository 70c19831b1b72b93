namespace Evenkeel.Serialization;

/// <summary>Bytes that are already in memory.</summary>
internal sealed class MemoryTensorBytes(ReadOnlyMemory<byte> bytes) : ITensorBytes
{
    public long Length => bytes.Length;

    public int Read(long offset, Span<byte> destination)
    {
        int count = (int)Math.Min(destination.Length, bytes.Length - offset);
        bytes.Span.Slice((int)offset, count).CopyTo(destination);
        return count;
    }

    public void Dispose() { }
}
