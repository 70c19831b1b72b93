using Evenkeel.Kernels.Elementwise;
using Evenkeel.Kernels.Norm;
using Evenkeel.Kernels.Tests.Lanes;
using Evenkeel.Kernels.Threading;
using Evenkeel.Testing;

namespace Evenkeel.Kernels.Tests.Norm;

/// <summary>Normalisation within examples against the definition in double precision.</summary>
public sealed unsafe class GroupNormTests
{
    private const float Epsilon = GroupNormCase.Epsilon;

    public static TheoryData<int> AllWidths => [.. Widths.All];

    public static IEnumerable<GroupNormShape> Shapes =>
        [
            .. Lengths.AllTails.Where(n => n > 0).Select(n => new GroupNormShape(1, n, 1)),
            .. Lengths.AllTails.Where(n => n > 0).Select(n => new GroupNormShape(5, n, n)),
            .. Lengths.AllTails.Where(n => n > 0).Select(n => new GroupNormShape(3, 3 * n, 3)),
            new(1, 768, 1),
            new(1, 1001, 1),
            new(7, 130, 1),
            new(49, 320, 32),
            new(2, 192, 3),
            new(9, 150, 75),
        ];

    [Theory]
    [MemberData(nameof(AllWidths))]
    public void Every_shape_and_width_gives_the_reference(int width)
    {
        foreach (GroupNormShape shape in Shapes)
        {
            Check(default(Identity), width, shape, false, v => v, _ => 1);
            Check(default(Relu), width, shape, false, v => Math.Max(v, 0), y => y > 0 ? 1 : 0);
            Check(default(Sigmoid), width, shape, false, v => 1 / (1 + Math.Exp(-v)), y => y * (1 - y));
            Check(default(Identity), width, shape, true, v => v, _ => 1);
            Check(default(Relu), width, shape, true, v => Math.Max(v, 0), y => y > 0 ? 1 : 0);
        }
    }

    // GroupNormCase of 10000 lie 0.001 apart in float32, so the reference sees the same rounded ones; nothing more may be lost.
    [Theory]
    [InlineData(1, 300, 1)]
    [InlineData(16, 24, 4)]
    public void A_mean_far_from_zero_costs_no_digits(int positions, int channels, int groups)
    {
        var values = new GroupNormCase(new GroupNormShape(positions, channels, groups), 10_000);
        using WorkerPool pool = WorkerPool.Serial();
        GroupNormOutcome made = GroupNormOutcome.Of(pool, default(Identity), values, false);
        Gradients expected = Reference(values, values.DY, new float[values.X.Length], v => v);
        Close(expected.Y, made.Y, 3e-6, "y");
        Close(expected.DX, made.DX, 3e-6 * Largest(expected.DX), "dx");
    }

    // Blocks enough for wide tiles, and fewer.
    [Theory]
    [InlineData(40, 8)]
    [InlineData(40, 96)]
    [InlineData(5, 32)]
    public void Any_number_of_threads_gives_the_same_bits_in_place_and_nothing_is_allocated(int blocks, int groups)
    {
        var values = new GroupNormCase(new GroupNormShape(64, 96, groups), 0, blocks);
        using WorkerPool one = WorkerPool.Serial();
        foreach (bool adds in (bool[])[false, true])
        {
            GroupNormOutcome expected = GroupNormOutcome.Of(one, default(Relu), values, adds);
            foreach (int threads in (int[])[1, 2, 3, 8])
            {
                using var many = new WorkerPool(threads);
                expected.AssertSame(GroupNormOutcome.Of(many, default(Relu), values, adds));
                expected.AssertSame(GroupNormOutcome.Of(many, default(Relu), values, adds, inPlace: true));
            }

            GroupNormOutcome again = GroupNormOutcome.Room(values, adds);
            Assert.Equal(0, Allocations.Least(() => again.Run(one, default(Relu), values, values.X, values.DY)));
        }
    }

    [Fact]
    public void A_residual_may_become_the_output_and_its_gradient_that_of_the_output()
    {
        var values = new GroupNormCase(new GroupNormShape(64, 96, 8), 0);
        using WorkerPool pool = WorkerPool.Serial();
        GroupNormOutcome expected = GroupNormOutcome.Of(pool, default(Relu), values, true);
        var made = GroupNormOutcome.Room(values, true);
        float[] y = [.. values.Residual],
            d = [.. values.DY];
        var same = made with { Y = y, Added = y, DResidual = d };
        same.Run(pool, default(Relu), values, values.X, d);
        expected.AssertSame(same);
    }

    [Fact]
    public void Without_blocks_the_sums_are_zero()
    {
        var values = new GroupNormCase(new GroupNormShape(2, 4, 2), 0, blocks: 0);
        using WorkerPool pool = WorkerPool.Serial();
        GroupNormOutcome made = GroupNormOutcome.Room(values, false);
        made.DScale.AsSpan().Fill(7);
        made.Run(pool, default(Relu), values, values.X, values.DY);
        Assert.All(made.DScale, v => Assert.Equal(0, v));
    }

    [Fact]
    public void What_does_not_fit_is_refused()
    {
        using WorkerPool pool = WorkerPool.Serial();
        void Refused<TAct>(TAct act, GroupNormCase values, Func<GroupNormOutcome, GroupNormOutcome> change)
            where TAct : struct, IActivation
        {
            GroupNormOutcome made = change(GroupNormOutcome.Room(values, true));
            Assert.Throws<ArgumentException>(() => made.Run(pool, act, values, values.X, values.DY));
        }

        var fits = new GroupNormCase(new GroupNormShape(2, 4, 2), 0);
        Refused(default(Relu), new GroupNormCase(new GroupNormShape(2, 4, 3), 0), made => made);
        Refused(default(Relu), fits, made => made with { Y = new float[23] });
        Refused(default(Relu), fits, made => made with { Added = new float[23] });
        Refused(default(Relu), fits, made => made with { DResidual = made.DX });
        Refused(default(Relu), fits, made => made with { DResidual = fits.X });
        Refused(default(Gelu), fits, made => made);
    }

    private static void Check<TAct>(
        TAct act,
        int width,
        GroupNormShape shape,
        bool adds,
        Func<double, double> g,
        Func<double, double> slopeFromY
    )
        where TAct : struct, IActivation
    {
        var values = new GroupNormCase(shape, 0.5f);
        using GuardedFloats made = new(values.X.Length),
            dxs = new(values.X.Length),
            ds = new(values.X.Length);
        float[] dscales = new float[shape.Channels],
            dshifts = new float[shape.Channels];
        fixed (
            float* dscale = dscales,
                dshift = dshifts
        )
        {
            var gradients = new GroupGradients(dxs.Pointer, dscale, dshift);
            if (adds)
                fixed (float* residual = values.Residual)
                    Run<TAct, Residual, FromOutput<TAct>, KeptGradient>(
                        width,
                        act,
                        new(residual),
                        FromOutput<TAct>.Require(act),
                        values,
                        made.Pointer,
                        gradients,
                        ds.Pointer
                    );
            else
                Run<TAct, NoResidual, TAct, SumsOnly>(width, act, default, act, values, made.Pointer, gradients, null);
        }

        float[] y = made.Span.ToArray(),
            d = [.. values.DY.Select((v, i) => (float)(v * slopeFromY(y[i])))];
        Gradients expected = Reference(values, d, adds ? values.Residual : new float[y.Length], g);
        string what = $"{typeof(TAct).Name} of {shape}, {adds}";
        expected.AssertClose(y, dxs.Span, dscales, dshifts, what);
        if (adds)
            Close(BatchNormCase.Doubles(d), ds.Span, 1e-6, $"d, {what}");
        foreach (GuardedFloats guarded in (GuardedFloats[])[made, dxs, ds])
            guarded.AssertIntact();
    }

    private static void Run<TAct, TResidual, TSlope, TSink>(
        int width,
        TAct act,
        TResidual residual,
        TSlope slope,
        GroupNormCase v,
        float* y,
        GroupGradients gradients,
        float* d
    )
        where TAct : struct, IActivation
        where TResidual : struct, IResidual
        where TSlope : struct, IActivation
        where TSink : struct, IGradientSink
    {
        using WorkerPool pool = WorkerPool.Serial();
        var plan = new GroupNormPlan(v.Shape, v.Blocks);
        fixed (
            float* x = v.X,
                scale = v.Scale,
                shift = v.Shift,
                dy = v.DY
        )
        fixed (double* pairs = new double[v.Statistics])
        {
            var parameters = new GroupParameters(scale, shift, Epsilon);
            var statistics = new GroupStatistics(plan, pairs);
            Widths.Run(
                width,
                new GroupNormForward<TAct, TResidual>(pool, plan, act, residual, parameters, statistics, x, y)
            );
            Widths.Run(
                width,
                new GroupNormBackward<TSlope, TSink>(
                    pool,
                    plan,
                    slope,
                    parameters,
                    statistics,
                    new(x, y, dy, d),
                    gradients
                )
            );
        }
    }

    private static Gradients Reference(GroupNormCase v, float[] d, float[] residual, Func<double, double> g)
    {
        double[] x = BatchNormCase.Doubles(v.X),
            scale = BatchNormCase.Doubles(v.Scale),
            statistics = GroupNormReference.Statistics(v.Shape, Epsilon, x),
            normalized = GroupNormReference.Forward(v.Shape, x, statistics, scale, BatchNormCase.Doubles(v.Shift));
        var (dx, dscale, dshift) = GroupNormReference.Backward(v.Shape, x, statistics, scale, BatchNormCase.Doubles(d));
        return new Gradients([.. normalized.Select((n, i) => g(n + residual[i]))], dx, dscale, dshift);
    }

    private static double Largest(double[] values) => Math.Max(1, values.Max(Math.Abs));

    private static void Close(double[] expected, ReadOnlySpan<float> found, double tolerance, string what)
    {
        for (int i = 0; i < expected.Length; i++)
        {
            if (!(Math.Abs(expected[i] - found[i]) <= tolerance))
                Assert.Fail($"{what}, {i}: {found[i]}, not {expected[i]}");
        }
    }

    private sealed record Gradients(double[] Y, double[] DX, double[] DScale, double[] DShift)
    {
        // Normalised values of up to 7, a few roundings each; of one value alone the result is the shift.
        public void AssertClose(float[] y, ReadOnlySpan<float> dx, float[] dscale, float[] dshift, string what)
        {
            Close(Y, y, 3e-6, $"y, {what}");
            Close(DX, dx, 3e-6 * Largest(DX), $"dx, {what}");
            Close(DScale, dscale, 1e-5, $"dscale, {what}");
            Close(DShift, dshift, 1e-5, $"dshift, {what}");
        }
    }
}
