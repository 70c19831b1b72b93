using System.Runtime.CompilerServices;
using Evenkeel.Kernels.Elementwise;
using Evenkeel.Kernels.Lanes;
using Evenkeel.Kernels.Loops;
using Evenkeel.Kernels.Tests.Lanes;
using Evenkeel.Kernels.Threading;

namespace Evenkeel.Kernels.Tests.Elementwise;

public sealed unsafe class ExponentialTests
{
    private const uint SweepStride = 997;

    // The polynomial is off by 0.24 half-ulps; the sum with 1, the two steps of its last product and a result below the
    // normal range round once each.
    private const double ExpUlps = 1.1;
    private const double MinusOneUlps = 1;

    public static TheoryData<int> AllWidths => [.. Widths.All];

    [Theory]
    [MemberData(nameof(AllWidths))]
    public void Exp_is_accurate_over_all_floats(int width) =>
        Sweep<ExpKernel>(width, ExpUlps, (x, y) => new(x, y), Math.Exp, _ => true);

    [Theory]
    [MemberData(nameof(AllWidths))]
    public void Exp_of_the_left_half_is_accurate_over_all_floats(int width) =>
        Sweep<ExpNonPositiveKernel>(width, ExpUlps, (x, y) => new(x, y), Math.Exp, x => !(x > 0));

    [Theory]
    [MemberData(nameof(AllWidths))]
    public void Exp_minus_one_is_accurate_over_the_left_half(int width) =>
        Sweep<MinusOneKernel>(width, MinusOneUlps, (x, y) => new(x, y), ActivateReference.ExpMinusOne, x => !(x > 0));

    [Theory]
    [MemberData(nameof(AllWidths))]
    public void Exp_saturates_at_the_true_limits(int width)
    {
        float last = 88.72283f;
        float[] x = [last, MathF.BitIncrement(last), -103.97208f, -103.9721f, 89.5f, -104.5f, float.NaN, -0f];
        float[] y = Run<ExpKernel>(width, x, (a, b) => new(a, b));
        Assert.True(float.IsFinite(y[0]));
        Assert.Equal(float.PositiveInfinity, y[1]);
        Assert.Equal(float.Epsilon, y[2]);
        Assert.Equal([0f, float.PositiveInfinity, 0f, float.NaN, 1f], y[3..]);
    }

    private delegate TKernel Create<TKernel>(float* x, float* y);

    private static float[] Run<TKernel>(int width, float[] x, Create<TKernel> create)
        where TKernel : struct, IElementwiseKernel
    {
        using WorkerPool pool = WorkerPool.Serial();
        float[] y = new float[x.Length];
        fixed (
            float* px = x,
                py = y
        )
            Widths.Run(width, new ElementwisePass<TKernel>(pool, x.Length, create(px, py)));
        return y;
    }

    private static void Sweep<TKernel>(
        int width,
        double ulps,
        Create<TKernel> create,
        Func<double, double> reference,
        Predicate<float> domain
    )
        where TKernel : struct, IElementwiseKernel
    {
        var inputs = new List<float>();
        for (ulong bits = 0; bits <= uint.MaxValue; bits += SweepStride)
        {
            float x = BitConverter.UInt32BitsToSingle((uint)bits);
            if (domain(x))
                inputs.Add(x);
        }

        float[] y = Run(width, [.. inputs], create);
        int worst = 0;
        double largest = 0;
        for (int i = 0; i < y.Length; i++)
        {
            double error = UlpError.Of(y[i], reference(inputs[i]));
            if (error > largest)
                (largest, worst) = (error, i);
        }

        TestContext.Current.TestOutputHelper?.WriteLine($"largest error {largest:F3} ulp");
        Assert.True(largest <= ulps, $"{largest:F3} ulp at {inputs[worst]:R}: {y[worst]:R}");
    }

    private readonly struct ExpKernel(float* x, float* y) : IElementwiseKernel
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void Apply<TLanes, TVec>(nint index)
            where TLanes : struct, ILanes<TVec>
            where TVec : unmanaged => TLanes.Store(y + index, Exponential.Exp<TLanes, TVec>(TLanes.Load(x + index)));
    }

    private readonly struct ExpNonPositiveKernel(float* x, float* y) : IElementwiseKernel
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void Apply<TLanes, TVec>(nint index)
            where TLanes : struct, ILanes<TVec>
            where TVec : unmanaged =>
            TLanes.Store(y + index, Exponential.ExpNonPositive<TLanes, TVec>(TLanes.Load(x + index)));
    }

    private readonly struct MinusOneKernel(float* x, float* y) : IElementwiseKernel
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void Apply<TLanes, TVec>(nint index)
            where TLanes : struct, ILanes<TVec>
            where TVec : unmanaged =>
            TLanes.Store(y + index, Exponential.MinusOneNonPositive<TLanes, TVec>(TLanes.Load(x + index)));
    }
}
