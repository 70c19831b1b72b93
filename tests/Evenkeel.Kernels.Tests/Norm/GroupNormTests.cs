using Evenkeel.Kernels.Norm;
using Evenkeel.Kernels.Tests.Lanes;
using Evenkeel.Kernels.Threading;
using Evenkeel.Testing;

namespace Evenkeel.Kernels.Tests.Norm;

/// <summary>Normalisation within examples against the definition in double precision.</summary>
public sealed unsafe class GroupNormTests
{
    private const int Blocks = 3;
    private const float Epsilon = 1e-3f;

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
            var values = new Values(shape, 0.5f);
            Gradients expected = Reference(values);
            using var made = new GuardedFloats(values.X.Length);
            using var dxs = new GuardedFloats(values.X.Length);
            float[] dscales = new float[shape.Channels],
                dshifts = new float[shape.Channels];
            Run(width, values, made, dxs, dscales, dshifts);
            // Normalised values of up to 7, a few roundings each; of one value alone the result is the shift.
            Close(expected.Y, made.Span, 3e-6, $"y of {shape}");
            Close(expected.DX, dxs.Span, 3e-6 * Largest(expected.DX), $"dx of {shape}");
            Close(expected.DScale, dscales, 1e-5, $"dscale of {shape}");
            Close(expected.DShift, dshifts, 1e-5, $"dshift of {shape}");
            made.AssertIntact();
            dxs.AssertIntact();
        }
    }

    // Values of 10000 lie 0.001 apart in float32, so the reference sees the same rounded ones; nothing more may be lost.
    [Theory]
    [InlineData(1, 300, 1)]
    [InlineData(16, 24, 4)]
    public void A_mean_far_from_zero_costs_no_digits(int positions, int channels, int groups)
    {
        var values = new Values(new GroupNormShape(positions, channels, groups), 10_000);
        Gradients expected = Reference(values);
        using WorkerPool pool = WorkerPool.Serial();
        float[] made = new float[values.X.Length],
            dxs = new float[values.X.Length];
        Forward(pool, values, made);
        Backward(pool, values, dxs);
        Close(expected.Y, made, 3e-6, "y");
        Close(expected.DX, dxs, 3e-6 * Largest(expected.DX), "dx");
    }

    [Fact]
    public void Any_number_of_threads_gives_the_same_bits_in_place_and_nothing_is_allocated()
    {
        using WorkerPool one = WorkerPool.Serial();
        using var many = new WorkerPool(3);
        var values = new Values(new GroupNormShape(64, 96, 8), 0, blocks: 40);
        float[] y = new float[values.X.Length],
            dx = new float[values.X.Length],
            dscale = new float[96];
        Forward(one, values, y);
        Backward(one, values, dx, dscale);
        float[] inPlace = [.. values.X],
            gradient = [.. values.DY],
            scales = new float[96];
        GroupNorm.Forward(
            many,
            values.Shape,
            new(values.Scale, values.Shift, Epsilon),
            inPlace,
            inPlace,
            values.Mean,
            values.Inverse
        );
        FloatValues.AssertSame(y, inPlace, "y");
        void backward() =>
            GroupNorm.Backward(
                many,
                values.Shape,
                values.X,
                values.Mean,
                values.Inverse,
                values.Scale,
                values.DY,
                new(gradient, scales, values.Room)
            );
        backward();
        FloatValues.AssertSame(dx, gradient, "dx");
        FloatValues.AssertSame(dscale, scales, "dscale");
        Assert.Equal(0, Allocations.Least(backward));
    }

    [Fact]
    public void What_does_not_fit_is_refused()
    {
        using WorkerPool pool = WorkerPool.Serial();
        Assert.Throws<ArgumentException>(() =>
            Forward(pool, new Values(new GroupNormShape(2, 4, 3), 0), new float[24])
        );
        Assert.Throws<ArgumentException>(() =>
            Forward(pool, new Values(new GroupNormShape(2, 4, 2), 0), new float[23])
        );
    }

    private static void Forward(WorkerPool pool, Values v, float[] y) =>
        GroupNorm.Forward(pool, v.Shape, new(v.Scale, v.Shift, Epsilon), v.X, y, v.Mean, v.Inverse);

    private static void Backward(WorkerPool pool, Values v, float[] dx, float[]? dscale = null) =>
        GroupNorm.Backward(pool, v.Shape, v.X, v.Mean, v.Inverse, v.Scale, v.DY, new(dx, dscale ?? v.Room, v.Room));

    private static void Run(int width, Values v, GuardedFloats y, GuardedFloats dx, float[] dscale, float[] dshift)
    {
        using WorkerPool pool = WorkerPool.Serial();
        var plan = new GroupNormPlan(v.Shape, Blocks);
        fixed (
            float* x = v.X,
                scale = v.Scale,
                shift = v.Shift,
                dy = v.DY,
                dscales = dscale,
                dshifts = dshift
        )
        fixed (
            double* mean = v.Mean,
                inverse = v.Inverse
        )
        {
            var statistics = new GroupStatistics(mean, inverse);
            Widths.Run(width, new GroupNormForward(pool, plan, statistics, Epsilon, x, scale, shift, y.Pointer));
            var gradients = new GroupGradients(dx.Pointer, dscales, dshifts);
            Widths.Run(width, new GroupNormBackward(pool, plan, statistics, x, scale, dy, gradients));
        }
    }

    private static Gradients Reference(Values v)
    {
        double[] x = BatchNormCase.Doubles(v.X),
            scale = BatchNormCase.Doubles(v.Scale);
        var forward = GroupNormReference.Forward(v.Shape, Epsilon, x, scale, BatchNormCase.Doubles(v.Shift));
        var (dx, dscale, dshift) = GroupNormReference.Backward(
            v.Shape,
            x,
            forward.Mean,
            forward.Inverse,
            scale,
            BatchNormCase.Doubles(v.DY)
        );
        return new Gradients(forward.Y, dx, dscale, dshift);
    }

    private static double Largest(double[] values) => Math.Max(1, values.Max(Math.Abs));

    private static void Close(double[] expected, ReadOnlySpan<float> found, double tolerance, string what)
    {
        for (int i = 0; i < expected.Length; i++)
            Assert.True(Math.Abs(expected[i] - found[i]) <= tolerance, $"{what}, {i}: {found[i]}, not {expected[i]}");
    }

    private sealed record Gradients(double[] Y, double[] DX, double[] DScale, double[] DShift);

    private sealed class Values(GroupNormShape shape, float mean, int blocks = Blocks)
    {
        public GroupNormShape Shape => shape;

        public float[] X { get; } =
            Array.ConvertAll(FloatValues.Uniform(blocks * shape.Count, 1, shape.Count), v => v + mean);

        public float[] DY { get; } = FloatValues.Uniform(blocks * shape.Count, 1, 2);

        public float[] Scale { get; } = Array.ConvertAll(FloatValues.Uniform(shape.Channels, 0.5f, 3), v => v + 1);

        public float[] Shift { get; } = FloatValues.Uniform(shape.Channels, 1, 4);

        public double[] Mean { get; } = new double[blocks * shape.Groups];

        public double[] Inverse { get; } = new double[blocks * shape.Groups];

        public float[] Room { get; } = new float[shape.Channels];
    }
}
