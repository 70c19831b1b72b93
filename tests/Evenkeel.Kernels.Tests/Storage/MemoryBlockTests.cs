using System.Buffers;
using System.Runtime.CompilerServices;
using Evenkeel.Kernels.Storage;

namespace Evenkeel.Kernels.Tests.Storage;

public sealed unsafe class MemoryBlockTests
{
    // Around the cache line, around where large pages begin, and not a whole number of them.
    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(63)]
    [InlineData(65)]
    [InlineData((4 << 20) - 1)]
    [InlineData(4 << 20)]
    [InlineData((11 << 20) + 12_345)]
    public void Memory_is_aligned_and_zero_to_its_last_byte(int bytes)
    {
        var block = new MemoryBlock(bytes);
        Assert.Equal(0, (long)block.Pointer % (bytes < 4 << 20 ? 64 : 1 << 21));
        Assert.Equal(-1, block.All.IndexOfAnyExcept((byte)0));
        block.All.Fill(1);
        Assert.Equal(-1, block.Span<byte>(0, bytes).IndexOfAnyExcept((byte)1));
        Assert.Equal(bytes, block.All.Length);
    }

    [Theory]
    [InlineData(0, 26)]
    [InlineData(4, 25)]
    [InlineData(-4, 1)]
    [InlineData(0, -1)]
    public void A_part_that_is_not_in_the_block_is_refused(long offset, int count)
    {
        var block = new MemoryBlock(100);
        Assert.Throws<ArgumentOutOfRangeException>(() => block.Span<float>(offset, count).Length);
    }

    [Fact]
    public void A_span_keeps_the_memory_when_nothing_refers_to_the_block()
    {
        Span<int> values = Made(7);
        for (int i = 0; i < 3; i++)
        {
            GC.Collect();
            GC.WaitForPendingFinalizers();
            for (int other = 0; other < 20; other++)
                Made(other);
            Assert.Equal(-1, values.IndexOfAnyExcept(7));
        }
    }

    [Fact]
    public void Memory_is_the_block_and_keeps_it()
    {
        var block = new MemoryBlock(100);
        using (MemoryHandle pinned = block.Memory[3..].Pin())
            Assert.Equal((nint)block.Pointer + 3, (nint)pinned.Pointer);
        Memory<byte> memory = Given(7);
        GC.Collect();
        GC.WaitForPendingFinalizers();
        Given(8);
        Assert.Equal(4000, memory.Length);
        Assert.Equal(-1, memory.Span.IndexOfAnyExcept((byte)7));
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static Memory<byte> Given(byte value)
    {
        Memory<byte> memory = new MemoryBlock(4000).Memory;
        memory.Span.Fill(value);
        return memory;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static Span<int> Made(int value)
    {
        Span<int> values = new MemoryBlock(4000).Span<int>(0, 1000);
        values.Fill(value);
        return values;
    }
}
