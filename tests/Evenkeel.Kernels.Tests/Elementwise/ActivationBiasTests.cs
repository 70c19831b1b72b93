using Evenkeel.Kernels.Elementwise;
using Evenkeel.Kernels.Tests.Lanes;
using Evenkeel.Kernels.Tests.Pooling;
using Evenkeel.Kernels.Threading;
using Evenkeel.Testing;

namespace Evenkeel.Kernels.Tests.Elementwise;

public sealed class ActivationBiasTests
{
    // Runs of 64 values below 1 in single precision, the rest in double, and one rounding of the result.
    private const double Tolerance = 64 * 6e-8;

    public static TheoryData<int> AllWidths => [.. Widths.All];

    [Theory]
    [MemberData(nameof(AllWidths))]
    public void Every_tail_matches_the_reference(int width)
    {
        foreach (int channels in Lengths.AllTails.Where(c => c > 0).Append(131))
        {
            foreach (int rows in new[] { 1, 2, 63, 64, 65, 130 })
            {
                Check(default(Relu), width, rows, channels, y => y > 0 ? 1 : 0);
                Check(default(Sigmoid), width, rows, channels, y => y * (1 - y));
                Check(new LeakyRelu(0.25f), width, rows, channels, y => y > 0 ? 1 : 0.25);
            }
        }
    }

    [Fact]
    public void Many_chunks_on_any_number_of_threads_give_the_same_bits()
    {
        const int Rows = 40_001;
        const int Channels = 37;
        float[] y = PoolingCase.Values(Rows * Channels, 1);
        float[] dy = PoolingCase.Values(Rows * Channels, 2);
        (float[] Dz, float[] Db) Run(int threads)
        {
            using var pool = new WorkerPool(threads);
            var (dz, db) = ((float[])[.. dy], new float[Channels]);
            ActivationBias.Backward(pool, default(Relu), Rows, Channels, new(y, Channels), new(dz, Channels), dz, db);
            return (dz, db);
        }

        (float[] dz, float[] db) = Run(1);
        double[] exact = [.. dy.Select((v, i) => y[i] > 0 ? (double)v : 0)];
        Assert.True(exact.SequenceEqual(dz.Select(v => (double)v)));
        double[] sums = BiasGradientReference.Sums(Channels, exact);
        for (int c = 0; c < Channels; c++)
            Assert.InRange(db[c], sums[c] - (Tolerance * 200), sums[c] + (Tolerance * 200));
        foreach (int threads in new[] { 2, 3, 8 })
        {
            var other = Run(threads);
            Assert.True(dz.AsSpan().SequenceEqual(other.Dz));
            Assert.Equal(db, other.Db);
        }
    }

    [Fact]
    public void No_rows_give_zero_and_nothing_is_allocated()
    {
        using var pool = new WorkerPool(2);
        float[] db = [1, 2, 3];
        ActivationBias.Backward(pool, default(Identity), 0, 3, new([], 3), new([], 5), [], db);
        Assert.All(db, v => Assert.Equal(0, v));
        float[] y = new float[30_000];
        Assert.Equal(
            0,
            Allocations.Least(() =>
                ActivationBias.Backward(pool, default(Relu), 10_000, 3, new(y, 3), new(y, 3), y, db)
            )
        );
    }

    [Fact]
    public void Sizes_memory_and_activations_that_do_not_fit_are_refused()
    {
        using WorkerPool pool = WorkerPool.Serial();
        float[] m = new float[40];
        float[] other = new float[40];
        void Run(int rows, int yStride, int dyStride, int db) =>
            ActivationBias.Backward(
                pool,
                default(Relu),
                rows,
                4,
                new(m, yStride),
                new(m, dyStride),
                other.AsSpan(0, rows * 4),
                new float[db]
            );

        Run(7, 6, 5, 4);
        Assert.Throws<ArgumentException>(() => Run(8, 6, 5, 4));
        Assert.Throws<ArgumentException>(() => Run(7, 6, 3, 4));
        Assert.Throws<ArgumentException>(() => Run(7, 6, 5, 3));
        Assert.Throws<ArgumentException>(() =>
            ActivationBias.Backward(pool, default(Relu), 7, 4, new(m, 5), new(m, 4), m.AsSpan(0, 28), new float[4])
        );
        Assert.Throws<ArgumentException>(() =>
            ActivationBias.Backward(
                pool,
                new LeakyRelu(-1),
                7,
                4,
                new(m, 4),
                new(m, 4),
                other.AsSpan(0, 28),
                new float[4]
            )
        );
    }

    private static void Check<TAct>(TAct act, int width, int rows, int channels, Func<double, double> slope)
        where TAct : struct, IActivation
    {
        using WorkerPool pool = WorkerPool.Serial();
        float[] ys = PoolingCase.Values(rows * channels, 1);
        float[] dys = PoolingCase.Values(rows * channels, 2);
        using var y = new GuardedBuffer<float>(PoolingCase.Spread(ys, channels, channels + 3));
        using var dy = new GuardedBuffer<float>(PoolingCase.Spread(dys, channels, channels + 18));
        using var dz = new GuardedBuffer<float>(ys.Length);
        using var db = new GuardedBuffer<float>(channels);
        var g = FromOutput<TAct>.Require(act);
        ActivationBias.Backward(
            pool,
            ColumnSumsPlan.For(rows, channels, width),
            g,
            new(y.Span, channels + 3),
            new(dy.Span, channels + 18),
            dz.Span,
            db.Span
        );
        double[] expected = [.. dys.Select((v, i) => v * slope(ys[i]))];
        for (int i = 0; i < expected.Length; i++)
            Assert.InRange(dz.Span[i], expected[i] - 2e-7, expected[i] + 2e-7);
        double[] sums = BiasGradientReference.Sums(channels, expected);
        double tolerance = Tolerance * Math.Sqrt(rows);
        for (int c = 0; c < channels; c++)
            Assert.InRange(db.Span[c], sums[c] - tolerance, sums[c] + tolerance);
        dz.Verify();
        db.Verify();
    }
}
