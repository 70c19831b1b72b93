using Evenkeel.Kernels.Lanes;
using Evenkeel.Testing;

namespace Evenkeel.Kernels.Tests.Lanes;

public sealed unsafe class ByteLanesTests
{
    public static TheoryData<int> AllWidths => [.. Widths.All];

    [Theory]
    [MemberData(nameof(AllWidths))]
    public void Every_byte_is_written_and_found_again(int width)
    {
        using var bytes = new GuardedBuffer<byte>(width);
        using var values = new GuardedBuffer<float>(width);
        for (int first = 0; first < 256; first++)
        {
            fixed (byte* b = bytes.Span)
            fixed (float* v = values.Span)
            {
                for (int i = 0; i < width; i++)
                    v[i] = (first + i) % 256;
                Widths.Run(width, new WriteAndFind(b, v, first));
            }

            Assert.Equal(Enumerable.Range(first, width).Select(i => (byte)i), bytes.Span.ToArray());
            Assert.Equal(first, values.Span[0]);
            Assert.All(values.Span[1..].ToArray(), v => Assert.Equal(0, v));
        }

        bytes.Verify();
        values.Verify();
    }

    // Leaves of the values only those whose byte is the first.
    private readonly struct WriteAndFind(byte* bytes, float* values, int first) : ILanesAction
    {
        public void Run<TLanes, TVec>()
            where TLanes : struct, ILanes<TVec>
            where TVec : unmanaged
        {
            TVec all = TLanes.Load(values);
            ByteLanes.Store(bytes, all);
            TLanes.Store(values, ByteLanes.WhereEqual(bytes, first, all));
        }
    }
}
