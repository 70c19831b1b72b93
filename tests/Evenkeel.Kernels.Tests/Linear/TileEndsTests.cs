using System.Runtime.Intrinsics;
using Evenkeel.Kernels.Lanes;
using Evenkeel.Kernels.Linear;

namespace Evenkeel.Kernels.Tests.Linear;

public sealed unsafe class TileEndsTests
{
    private static readonly float[] Values =
    [
        -1,
        0,
        2,
        float.NaN,
        -0f,
        float.PositiveInfinity,
        float.NegativeInfinity,
        float.Epsilon,
        -float.Epsilon,
        float.MaxValue,
        float.MinValue,
        1e-30f,
        -1e-30f,
        0.5f,
        -0.5f,
        3,
    ];

    // As of a rectifier behind the product, to the bit.
    [Fact]
    public void A_rectified_sum_is_the_sum_unless_it_is_below_0()
    {
        byte[] expected = Bytes([.. Values.Select(v => v < 0 ? 0 : v)]);
        Assert.Equal(expected, Ends<Vector512<float>, Lanes16, RectifiedEnd>());
        Assert.Equal(expected, Ends<Vector256<float>, Lanes8, RectifiedEnd>());
        Assert.Equal(expected, Ends<Vector128<float>, Lanes4, RectifiedEnd>());
        Assert.Equal(expected, Ends<float, Lanes1, RectifiedEnd>());
        Assert.Equal(Bytes(Values), Ends<Vector512<float>, Lanes16, PlainEnd>());
    }

    private static byte[] Ends<TVec, TLanes, TEnd>()
        where TVec : unmanaged
        where TLanes : struct, ILanes<TVec>
        where TEnd : struct, ITileEnd
    {
        float[] ends = new float[Values.Length];
        fixed (
            float* from = Values,
                to = ends
        )
        {
            for (int i = 0; i < Values.Length; i += TLanes.Count)
                TLanes.Store(to + i, TEnd.Of<TLanes, TVec>(TLanes.Load(from + i)));
        }

        return Bytes(ends);
    }

    private static byte[] Bytes(float[] values) =>
        [.. System.Runtime.InteropServices.MemoryMarshal.AsBytes(values.AsSpan())];
}
