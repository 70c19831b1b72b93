using Evenkeel.Kernels.Threading;

namespace Evenkeel.Kernels.Tests.Threading;

public sealed unsafe class LargeMemoryTests
{
    // Around the cache line, around where large pages begin, and not a whole number of them.
    [Theory]
    [InlineData(1)]
    [InlineData(63)]
    [InlineData(65)]
    [InlineData((4 << 20) - 1)]
    [InlineData(4 << 20)]
    [InlineData((11 << 20) + 12_345)]
    public void Memory_is_aligned_and_zero_to_its_last_byte(int bytes)
    {
        byte* memory = LargeMemory.Allocate((nuint)bytes, out nint block);
        try
        {
            Assert.Equal(0, (nint)memory % 64);
            var span = new Span<byte>(memory, bytes);
            Assert.Equal(-1, span.IndexOfAnyExcept((byte)0));
            span.Fill(1);
            Assert.Equal(-1, span.IndexOfAnyExcept((byte)1));
        }
        finally
        {
            LargeMemory.Free(block);
        }
    }

    [Fact]
    public void Nothing_can_be_freed() => LargeMemory.Free(0);
}
