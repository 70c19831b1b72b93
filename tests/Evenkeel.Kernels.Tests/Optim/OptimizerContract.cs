using Evenkeel.Kernels.Tests.Lanes;
using Evenkeel.Kernels.Threading;
using Evenkeel.Testing;

namespace Evenkeel.Kernels.Tests.Optim;

/// <summary>What every optimiser must do. Two state spans are always passed; an optimiser uses those that it has.</summary>
public abstract unsafe class OptimizerContract
{
    protected const double Rate = 0.1;
    protected const double Mu = 0.9;
    protected const double Beta2 = 0.999;

    // Parameters stay within 3 and an update is computed to a few roundings: half an ulp of 2 (1.2e-7) and some, per step.
    private const double PerStep = 3e-7;
    private const int Steps = 5;
    private const int Many = 50_001;

    public static TheoryData<int> AllWidths => [.. Widths.All];

    /// <summary>The parameters after five steps without decay, from PyTorch; see the snippet in each test file.</summary>
    protected abstract double[] PyTorch { get; }

    protected abstract void Step(
        WorkerPool pool,
        Span<float> p,
        ReadOnlySpan<float> g,
        Span<float> s,
        Span<float> t,
        long step,
        float decay
    );

    protected abstract void Reference(double[] p, double[] g, double[] s, double[] t, long step, double decay);

    private protected abstract void StepAt(
        int width,
        WorkerPool pool,
        int length,
        float* p,
        float* g,
        float* s,
        float* t,
        long step,
        float decay
    );

    [Fact]
    public void The_reference_agrees_with_PyTorch_in_double()
    {
        double[] p = [1.0, -0.5, 0.25, 2.0];
        (double[] s, double[] t) = (new double[4], new double[4]);
        for (int step = 1; step <= Steps; step++)
            Reference(p, GoldenGradient(step), s, t, step, 0);
        for (int i = 0; i < p.Length; i++)
            Assert.Equal(PyTorch[i], p[i], 1e-13);
    }

    [Fact]
    public void Agrees_with_PyTorch()
    {
        using WorkerPool pool = WorkerPool.Serial();
        float[] p = [1.0f, -0.5f, 0.25f, 2.0f];
        (float[] s, float[] t) = (new float[4], new float[4]);
        for (int step = 1; step <= Steps; step++)
            Step(pool, p, Array.ConvertAll(GoldenGradient(step), v => (float)v), s, t, step, 0);
        for (int i = 0; i < p.Length; i++)
            Assert.Equal(PyTorch[i], p[i], Steps * PerStep);
    }

    [Theory]
    [MemberData(nameof(AllWidths))]
    public void Every_length_and_width_gives_the_reference(int width)
    {
        using WorkerPool pool = WorkerPool.Serial();
        foreach (int length in Lengths.AllTails.Concat(Lengths.Odd))
        {
            float[] start = FloatValues.Uniform(length, 1f, length);
            using var p = new GuardedFloats(start, 1);
            using var s = new GuardedFloats(new float[length], 2);
            using var t = new GuardedFloats(new float[length], 3);
            double[] expected = Array.ConvertAll(start, v => (double)v);
            (double[] wideS, double[] wideT) = (new double[length], new double[length]);
            for (int step = 1; step <= 3; step++)
            {
                float[] g = FloatValues.Uniform(length, 1f, step + length);
                fixed (float* pg = g)
                    StepAt(width, pool, length, p.Pointer, pg, s.Pointer, t.Pointer, step, 0.05f);
                Reference(expected, Array.ConvertAll(g, v => (double)v), wideS, wideT, step, 0.05);
            }

            for (int i = 0; i < length; i++)
            {
                Assert.Equal(expected[i], p.Span[i], 3 * PerStep);
                Assert.Equal(wideS[i], s.Span[i], 3 * PerStep);
                Assert.Equal(wideT[i], t.Span[i], 3 * PerStep);
            }

            p.AssertIntact();
            s.AssertIntact();
            t.AssertIntact();
        }
    }

    [Fact]
    public void Every_width_and_number_of_threads_gives_the_same_bits()
    {
        using WorkerPool one = WorkerPool.Serial();
        (float[] p, float[] s, float[] t) = Run((g, p, s, t, step) => Step(one, p, g, s, t, step, 0.01f));
        foreach (int threads in (int[])[2, 3, 8])
        {
            using var pool = new WorkerPool(threads);
            AssertSame(Run((g, p, s, t, step) => Step(pool, p, g, s, t, step, 0.01f)), $"{threads} threads");
        }

        foreach (int width in Widths.All)
        {
            AssertSame(
                Run(
                    (g, p, s, t, step) =>
                    {
                        fixed (
                            float* pp = p,
                                pg = g,
                                ps = s,
                                pt = t
                        )
                            StepAt(width, one, Many, pp, pg, ps, pt, step, 0.01f);
                    }
                ),
                $"width {width}"
            );
        }

        void AssertSame((float[] P, float[] S, float[] T) other, string what)
        {
            FloatValues.AssertSame(p, other.P, what);
            FloatValues.AssertSame(s, other.S, what);
            FloatValues.AssertSame(t, other.T, what);
        }
    }

    [Fact]
    public void A_tiny_decay_is_right_on_average()
    {
        // 1 - 1e-7 is 1 - 1.19e-7 in float: as a factor it would decay everything a fifth too much.
        using WorkerPool pool = WorkerPool.Serial();
        float[] before = FloatValues.Uniform(Many, 1f, 51);
        float[] p = [.. before];
        Step(pool, p, new float[Many], new float[Many], new float[Many], 1, 1e-6f);
        double mean = before.Zip(p, (b, a) => b == 0 ? 1e-7 : ((double)b - a) / b).Average();

        // A step moves a parameter by one or two units in its last place, whichever is nearer: 4 % off in the mean.
        Assert.Equal(1e-7, mean, 5e-9);
    }

    [Fact]
    public void Lengths_and_numbers_out_of_range_are_refused()
    {
        using WorkerPool pool = WorkerPool.Serial();
        ArgumentException e = Assert.Throws<ArgumentException>(() =>
            Step(pool, new float[3], new float[4], new float[3], new float[3], 1, 0)
        );
        Assert.Contains("gradients has 4 elements but parameters has 3", e.Message, StringComparison.Ordinal);
        foreach (float decay in (float[])[-1f, float.NaN, float.PositiveInfinity])
        {
            Assert.Throws<ArgumentOutOfRangeException>(() =>
                Step(pool, new float[3], new float[3], new float[3], new float[3], 1, decay)
            );
        }
    }

    [Fact]
    public void Allocates_nothing()
    {
        using var pool = new WorkerPool(2);
        float[] g = new float[20_000];
        (float[] p, float[] s, float[] t) = (new float[20_000], new float[20_000], new float[20_000]);
        Assert.Equal(0, Allocations.Least(() => Step(pool, p, g, s, t, 1, 0.1f)));
    }

    private static (float[] P, float[] S, float[] T) Run(Action<float[], float[], float[], float[], long> step)
    {
        float[] p = FloatValues.Uniform(Many, 1f, 1);
        (float[] s, float[] t) = (new float[Many], new float[Many]);
        for (int i = 1; i <= 3; i++)
            step(FloatValues.Uniform(Many, 1f, 10 + i), p, s, t, i);
        return (p, s, t);
    }

    // The gradients of the PyTorch snippets.
    private static double[] GoldenGradient(int t) => [0.1 * t, -0.2, 0.3 / t, t % 2 == 0 ? 1 : -1];
}
