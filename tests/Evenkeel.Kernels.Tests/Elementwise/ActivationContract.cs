using Evenkeel.Kernels.Elementwise;
using Evenkeel.Kernels.Loops;
using Evenkeel.Kernels.Tests.Lanes;
using Evenkeel.Kernels.Threading;
using Evenkeel.Testing;

namespace Evenkeel.Kernels.Tests.Elementwise;

/// <summary>What every activation must do, alone over any number of elements.</summary>
/// <param name="act">The activation.</param>
/// <param name="forwardUlps">Largest error of y, in ulps, over all floats.</param>
/// <param name="backwardError">
/// Largest error of dx for dy = 1, absolute, but relative to slopes above 1: y is rounded before the gradient sees it.
/// </param>
public abstract unsafe class ActivationContract<TAct>(TAct act, double forwardUlps, double backwardError)
    where TAct : struct, IActivation
{
    // A prime, so that the sweep meets every exponent and varied fractions: 4.3 million of the 4.3 thousand million floats.
    private const uint SweepStride = 997;
    private const int Many = 100_003;

    public static TheoryData<int> AllWidths => [.. Widths.All];

    public static TheoryData<int> ThreadCounts => [2, 3, 8];

    [Fact]
    public void Forward_is_accurate_over_all_floats()
    {
        using WorkerPool pool = WorkerPool.Serial();
        const int block = 1 << 16;
        float[] x = new float[block];
        float[] y = new float[block];
        double worst = 0;
        float at = 0;
        for (ulong bits = 0; bits <= uint.MaxValue; )
        {
            int count = 0;
            for (; count < block && bits <= uint.MaxValue; count++, bits += SweepStride)
                x[count] = BitConverter.UInt32BitsToSingle((uint)bits);
            Activate.Forward(pool, act, x.AsSpan(0, count), y.AsSpan(0, count));
            for (int i = 0; i < count; i++)
            {
                double error = UlpError.Of(y[i], ActivateReference.Value(act, x[i]));
                if (error > worst)
                    (worst, at) = (error, x[i]);
            }
        }

        TestContext.Current.TestOutputHelper?.WriteLine($"largest error {worst:F3} ulp at {at:R}");
        Assert.True(worst <= forwardUlps, $"{worst:F3} ulp at {at:R}");
    }

    [Theory]
    [MemberData(nameof(AllWidths))]
    public void Every_length_and_width_gives_the_reference(int width)
    {
        foreach (int length in Lengths.AllTails.Concat(Lengths.Odd))
        {
            float[] x = FloatValues.Uniform(length, 9f, length);
            float[] dy = FloatValues.Uniform(length, 2f, length + 1);
            using var input = new GuardedFloats(x, 1);
            using var output = new GuardedFloats(length, 2);
            RunForward(width, input.Pointer, output.Pointer, length);
            Assert.True(UlpError.Largest(output.Span, Values(x)) <= forwardUlps, $"length {length}");
            output.AssertIntact();
            using var gradient = new GuardedFloats(dy, 3);
            using var result = new GuardedFloats(length);
            RunBackward(
                width,
                (TAct.GradientUsesOutput ? output : input).Pointer,
                gradient.Pointer,
                result.Pointer,
                length
            );
            for (int i = 0; i < length; i++)
            {
                double slope = ActivateReference.Derivative(act, x[i]);
                Assert.Equal(dy[i] * slope, result.Span[i], 2 * backwardError * Steepness(slope));
            }

            result.AssertIntact();
        }
    }

    [Fact]
    public void Every_width_gives_the_same_bits()
    {
        float[] x = FloatValues.Mixed(8_009, 11);
        float[] read = FloatValues.Uniform(x.Length, 1f, 12);
        float[] dy = FloatValues.Mixed(x.Length, 13);
        float[] y = new float[x.Length];
        float[] dx = new float[x.Length];
        using WorkerPool pool = WorkerPool.Serial();
        Activate.Forward(pool, act, x, y);
        Activate.Backward(pool, act, read, dy, dx);
        foreach (int width in Widths.All)
        {
            using var values = new GuardedFloats(x);
            RunForward(width, values.Pointer, values.Pointer, x.Length);
            FloatValues.AssertSame(y, values.Span, $"forward, width {width}");
            using var gradients = new GuardedFloats(dy);
            fixed (float* r = read)
                RunBackward(width, r, gradients.Pointer, gradients.Pointer, x.Length);
            FloatValues.AssertSame(dx, gradients.Span, $"backward, width {width}");
        }
    }

    [Fact]
    public void A_shift_by_one_changes_no_element()
    {
        float[] x = FloatValues.Mixed(301, 21);
        float[] y = new float[x.Length];
        float[] shifted = new float[x.Length];
        using WorkerPool pool = WorkerPool.Serial();
        Activate.Forward(pool, act, x, y);
        for (int start = 1; start < 40; start++)
        {
            Activate.Forward(pool, act, x.AsSpan(start), shifted.AsSpan(start));
            FloatValues.AssertSame(y.AsSpan(start), shifted.AsSpan(start), $"start {start}");
        }
    }

    [Theory]
    [MemberData(nameof(ThreadCounts))]
    public void Any_number_of_threads_gives_the_same_bits_in_place(int threads)
    {
        float[] x = FloatValues.Uniform(Many, 5f, 31);
        float[] dy = FloatValues.Uniform(Many, 5f, 32);
        float[] y = new float[Many];
        float[] dx = new float[Many];
        using WorkerPool one = WorkerPool.Serial();
        using var many = new WorkerPool(threads);
        Activate.Forward(one, act, x, y);
        Activate.Backward(one, act, y, dy, dx);
        Activate.Forward(many, act, x, x);
        FloatValues.AssertSame(y, x, "forward in place");
        Activate.Backward(many, act, y, dy, dy);
        FloatValues.AssertSame(dx, dy, "backward in place of dy");
        FloatValues.AssertSame(dx, BackwardInPlaceOfOutput(many, y, Many), "backward in place of y");
    }

    [Fact]
    public void The_reference_derivative_is_the_slope_of_the_reference()
    {
        const double h = 1e-6;
        for (double x = -7.95; x < 8; x += 0.1)
        {
            double slope = (ActivateReference.Value(act, x + h) - ActivateReference.Value(act, x - h)) / (2 * h);
            if (!double.IsNaN(slope))
                Assert.Equal(slope, ActivateReference.Derivative(act, x), 1e-8 * Math.Max(1, Math.Abs(slope)));
        }
    }

    [Fact]
    public void Allocates_nothing()
    {
        float[] x = new float[20_000];
        using var pool = new WorkerPool(2);
        Assert.Equal(
            0,
            Allocations.Least(() =>
            {
                Activate.Forward(pool, act, x, x);
                Activate.Backward(pool, act, x, x, x);
            })
        );
    }

    private float[] BackwardInPlaceOfOutput(WorkerPool pool, float[] y, int length)
    {
        float[] buffer = [.. y];
        Activate.Backward(pool, act, buffer, FloatValues.Uniform(length, 5f, 32), buffer);
        return buffer;
    }

    private static double Steepness(double slope) => double.IsNaN(slope) ? 1 : Math.Max(1, Math.Abs(slope));

    private double[] Values(float[] x) => Array.ConvertAll(x, v => ActivateReference.Value(act, v));

    private void RunForward(int width, float* x, float* y, int length)
    {
        using WorkerPool pool = WorkerPool.Serial();
        var kernel = new Activate.ForwardKernel<TAct>(act, x, y);
        Widths.Run(width, new ElementwisePass<Activate.ForwardKernel<TAct>>(pool, length, kernel));
    }

    private void RunBackward(int width, float* read, float* dy, float* dx, int length)
    {
        using WorkerPool pool = WorkerPool.Serial();
        var kernel = new Activate.BackwardKernel<TAct>(act, read, dy, dx);
        Widths.Run(width, new ElementwisePass<Activate.BackwardKernel<TAct>>(pool, length, kernel));
    }
}
