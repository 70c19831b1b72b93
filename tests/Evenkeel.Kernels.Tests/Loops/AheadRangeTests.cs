using System.Runtime.Intrinsics.X86;
using Evenkeel.Kernels.Loops;

namespace Evenkeel.Kernels.Tests.Loops;

public sealed unsafe class AheadRangeTests
{
    [Fact]
    public void Parts_follow_each_other_from_the_first_float_to_the_last()
    {
        Assert.SkipUnless(Sse.IsSupported, "Nothing is asked for ahead on this processor.");
        float[] memory = new float[1000];
        fixed (float* first = memory)
        {
            for (int length = 0; length <= memory.Length; length += 7)
            {
                foreach (int parts in (int[])[1, 2, 16, 36])
                    AssertParts(first, length, parts);
            }
        }
    }

    [Fact]
    public void A_range_that_would_push_everything_out_of_the_cache_has_no_parts()
    {
        float[] memory = new float[(Caches.BlockBytes / sizeof(float)) + 1];
        fixed (float* first = memory)
        {
            var range = new AheadRange(first, first + memory.Length, 16);
            range.Next(out float* begin, out float* end);
            Assert.True(begin == end);
        }
    }

    private static void AssertParts(float* first, int length, int parts)
    {
        var range = new AheadRange(first, first + length, parts);
        float* reached = first;
        for (int i = 0; i < parts; i++)
        {
            range.Next(out float* begin, out float* end);
            Assert.True(begin == reached && end >= begin);
            reached = end;
        }

        Assert.Equal(length, (int)(reached - first));
    }
}
