using Evenkeel.Kernels.Elementwise;
using Evenkeel.Kernels.Lanes;
using Evenkeel.Kernels.Loops;
using Evenkeel.Kernels.Tests.Lanes;
using Evenkeel.Kernels.Threading;
using Evenkeel.Testing;

namespace Evenkeel.Kernels.Tests.Elementwise;

public sealed unsafe class BFloat16CopyTests
{
    public static TheoryData<int> AllWidths => [.. Widths.All];

    [Theory]
    [MemberData(nameof(AllWidths))]
    public void Every_bfloat16_comes_back_as_itself(int width)
    {
        ushort[] all = [.. Enumerable.Range(0, 1 << 16).Select(i => (ushort)i)];
        float[] widened = Widen(width, all);
        for (int i = 0; i < all.Length; i++)
            Assert.Equal((uint)i << 16, BitConverter.SingleToUInt32Bits(widened[i]));
        ushort[] back = Narrow(width, widened);
        for (int i = 0; i < all.Length; i++)
        {
            // A NaN may become a quiet one.
            bool isNaN = float.IsNaN(widened[i]);
            Assert.Equal(isNaN ? i | 0x40 : i, back[i]);
        }
    }

    [Theory]
    [MemberData(nameof(AllWidths))]
    public void Values_between_go_to_the_nearer_neighbour_and_ties_to_the_even_one(int width)
    {
        // All finite positive values and the place behind the last: below, at and above the middle to the next.
        int[] lower = [.. Enumerable.Range(0, 0x7F80)];
        float[] below = [.. lower.Select(i => Float(i, 0x7FFF))],
            middle = [.. lower.Select(i => Float(i, 0x8000))],
            above = [.. lower.Select(i => Float(i, 0x8001))];
        Assert.Equal(lower.Select(i => (ushort)i), Narrow(width, below));
        Assert.Equal(lower.Select(i => (ushort)(i + (i & 1))), Narrow(width, middle));
        Assert.Equal(lower.Select(i => (ushort)(i + 1)), Narrow(width, above));
        float[] negative = [.. middle.Select(v => -v)];
        Assert.Equal(lower.Select(i => (ushort)(0x8000 + i + (i & 1))), Narrow(width, negative));
    }

    [Theory]
    [MemberData(nameof(AllWidths))]
    public void Every_tail_is_copied_both_ways(int width)
    {
        foreach (int length in Lengths.AllTails.Concat(Lengths.Odd))
        {
            float[] values = FloatValues.Mixed(length, length);
            using var source = new GuardedBuffer<float>(values);
            using var narrow = new GuardedBuffer<ushort>(length);
            using var wide = new GuardedBuffer<float>(length);
            Widths.Run(width, new Both(source.Pointer, narrow.Pointer, wide.Pointer, length));
            source.Verify();
            narrow.Verify();
            wide.Verify();
            for (int i = 0; i < length; i++)
            {
                double rounded = Rounded(values[i]);
                FloatValues.AssertSame((float)rounded, wide.Span[i], $"{values[i]:R} of {length}");
            }
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Many_values_on_any_number_of_threads(int threads)
    {
        using var pool = new WorkerPool(threads);
        float[] values = FloatValues.Uniform(100_003, 10, 1);
        ushort[] narrow = new ushort[values.Length];
        float[] wide = new float[values.Length];
        RowCopy.ToBFloat16(pool, values, narrow);
        RowCopy.FromBFloat16(pool, narrow, wide);
        Assert.Equal(values.Select(v => (float)Rounded(v)), wide);
        Assert.Equal(
            0,
            Allocations.Least(() =>
            {
                RowCopy.ToBFloat16(pool, values, narrow);
                RowCopy.FromBFloat16(pool, narrow, wide);
            })
        );
        Assert.Throws<ArgumentException>(() => RowCopy.ToBFloat16(pool, values, narrow.AsSpan(1)));
        Assert.Throws<ArgumentException>(() => RowCopy.FromBFloat16(pool, narrow.AsSpan(1), wide));
    }

    // To 8 significant bits, from the definition.
    private static double Rounded(double value)
    {
        if (value == 0 || !double.IsFinite(value))
            return value;
        int lastPlace = Math.Max(Math.ILogB(value), -126) - 7;
        double rounded = Math.ScaleB(Math.Round(Math.ScaleB(value, -lastPlace)), lastPlace);
        return Math.Abs(rounded) < Math.ScaleB(1, 128) ? rounded : value * double.PositiveInfinity;
    }

    private static float Float(int upper, int lower) => BitConverter.Int32BitsToSingle((upper << 16) | lower);

    private static ushort[] Narrow(int width, float[] values)
    {
        ushort[] narrow = new ushort[values.Length];
        float[] wide = new float[values.Length];
        fixed (float* from = values)
        fixed (ushort* to = narrow)
        fixed (float* back = wide)
            Widths.Run(width, new Both(from, to, back, values.Length));
        return narrow;
    }

    private static float[] Widen(int width, ushort[] values)
    {
        float[] wide = new float[values.Length];
        fixed (ushort* from = values)
        fixed (float* to = wide)
            Widths.Run(width, new WidenOnly(from, to, values.Length));
        return wide;
    }

    private readonly struct Both(float* from, ushort* narrow, float* wide, int length) : ILanesAction
    {
        public void Run<TLanes, TVec>()
            where TLanes : struct, ILanes<TVec>
            where TVec : unmanaged
        {
            ElementwiseRange.Run<RowCopy.Narrowing, TLanes, TVec>(new(from, narrow), 0, length);
            ElementwiseRange.Run<RowCopy.Widening, TLanes, TVec>(new(narrow, wide), 0, length);
        }
    }

    private readonly struct WidenOnly(ushort* narrow, float* wide, int length) : ILanesAction
    {
        public void Run<TLanes, TVec>()
            where TLanes : struct, ILanes<TVec>
            where TVec : unmanaged =>
            ElementwiseRange.Run<RowCopy.Widening, TLanes, TVec>(new(narrow, wide), 0, length);
    }
}
