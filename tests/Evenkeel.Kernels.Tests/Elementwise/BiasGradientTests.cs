using Evenkeel.Kernels.Elementwise;
using Evenkeel.Kernels.Tests.Lanes;
using Evenkeel.Kernels.Threading;
using Evenkeel.Testing;
using GuardedFloats = Evenkeel.Kernels.Tests.Linear.GuardedFloats;

namespace Evenkeel.Kernels.Tests.Elementwise;

public sealed class BiasGradientTests
{
    [Fact]
    public void Every_tail_is_exact_on_every_width()
    {
        using WorkerPool pool = WorkerPool.Serial();
        foreach (int channels in Lengths.AllTails.Where(n => n > 0).Concat([64, 65, 79, 127, 257]))
        {
            foreach (int rows in new[] { 0, 1, 2, 3, 63, 64, 65, 130 })
            {
                foreach (int width in Widths.All)
                    AssertExact(pool, width, rows, channels);
            }
        }
    }

    [Fact]
    public void Bits_do_not_depend_on_the_threads()
    {
        (int rows, int channels) = (9001, 37);
        using GuardedFloats dy = GuardedFloats.Uniform(rows * channels, 1);
        float[] expected = new float[channels];
        using WorkerPool serial = WorkerPool.Serial();
        BiasGradient.Run(serial, rows, channels, dy.Span, expected);
        foreach (int threads in new[] { 2, 3, 8 })
        {
            using var pool = new WorkerPool(threads);
            float[] db = new float[channels];
            BiasGradient.Run(pool, rows, channels, dy.Span, db);
            Assert.Equal(expected, db);
        }
    }

    [Fact]
    public void Infinity_and_NaN_stay_in_their_columns()
    {
        using WorkerPool pool = WorkerPool.Serial();
        float[] dy = new float[70 * 20];
        dy[(69 * 20) + 3] = float.NaN;
        dy[5] = float.NegativeInfinity;
        float[] db = new float[20];
        BiasGradient.Run(pool, 70, 20, dy, db);
        for (int j = 0; j < 20; j++)
            Assert.Equal(
                j switch
                {
                    3 => float.NaN,
                    5 => float.NegativeInfinity,
                    _ => 0f,
                },
                db[j]
            );
    }

    [Fact]
    public void Wrong_lengths_are_refused()
    {
        using WorkerPool pool = WorkerPool.Serial();
        Assert.Throws<ArgumentException>(() => BiasGradient.Run(pool, 2, 3, new float[5], new float[3]));
        Assert.Throws<ArgumentException>(() => BiasGradient.Run(pool, 2, 3, new float[6], new float[4]));
        Assert.ThrowsAny<ArgumentException>(() => BiasGradient.Run(pool, -2, 3, [], new float[3]));
    }

    [Fact]
    public void Nothing_is_allocated_per_call()
    {
        using var pool = new WorkerPool(2);
        float[] dy = new float[600 * 100];
        float[] db = new float[100];
        BiasGradient.Run(pool, 600, 100, dy, db);
        Assert.Equal(0, Allocations.Least(() => BiasGradient.Run(pool, 600, 100, dy, db), calls: 10));
    }

    private static void AssertExact(WorkerPool pool, int width, int rows, int channels)
    {
        using GuardedFloats dy = GuardedFloats.Whole(rows * channels, 1);
        using var db = new GuardedFloats(channels);
        db.Span.Fill(float.NaN);
        double[] exact = BiasGradientReference.Sums(channels, BatchNormCase.Doubles(dy.Span));
        BiasGradient.Run(pool, ColumnSumsPlan.For(rows, channels, width), dy.Span, db.Span);
        db.AssertCanaries();
        for (int j = 0; j < channels; j++)
            Assert.Equal(exact[j], db.Span[j]);
    }
}
