using Evenkeel.Kernels.Lanes;
using Evenkeel.Kernels.Loops;

namespace Evenkeel.Kernels.Tests.Lanes;

public sealed unsafe class AheadStreamTests
{
    [Fact]
    public void Equal_steps_reach_the_end_and_no_further_than_one_more_float_each()
    {
        float[] memory = new float[1000];
        fixed (float* first = memory)
        {
            for (int floats = 1; floats <= memory.Length; floats += 7)
            {
                foreach (int steps in (int[])[1, 3, 64, 2000])
                    AssertCovers(first, floats, steps);
            }
        }
    }

    [Fact]
    public void A_stream_stays_where_it_is_behind_its_end()
    {
        float[] memory = new float[100];
        fixed (float* first = memory)
        {
            var stream = AheadStream.Of(first, memory.Length, 10);
            stream.Pass(5);
            Assert.Equal(10, stream.Step);
            stream.Pass(5);
            float* end = stream.Next;
            Assert.Equal(0, stream.Step);
            stream.Pass(1000);
            Assert.True(stream.Next == end);
        }
    }

    [Fact]
    public void What_a_range_did_not_ask_for_yet_is_a_stream()
    {
        float[] memory = new float[1000];
        fixed (float* first = memory)
        {
            var range = new AheadRange(first, first + memory.Length, 4);
            range.Next(out _, out float* asked);
            AheadStream rest = range.Over(100, first);
            Assert.True(rest.Next == asked);
            Assert.True(asked + (rest.Step * 100) >= first + memory.Length);
            while (asked < first + memory.Length)
                range.Next(out _, out asked);
            Assert.True(range.Over(100, first).Next == first);
            Assert.Equal(0, range.Over(100, first).Step);
        }
    }

    private static void AssertCovers(float* first, int floats, int steps)
    {
        var stream = AheadStream.Of(first, floats, steps);
        nint step = stream.Step;
        Assert.True(step * steps >= floats && step * (steps - 1) < floats + steps);
        stream.Pass(steps);
        Assert.Equal(step * steps, (nint)(stream.Next - first));
        Assert.Equal(0, stream.Step);
    }
}
