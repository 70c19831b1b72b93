using Evenkeel.Kernels.Resizing;
using Evenkeel.Kernels.Tests.Lanes;
using Evenkeel.Kernels.Threading;
using Evenkeel.Testing;

namespace Evenkeel.Kernels.Tests.Resizing;

/// <summary>Resized images against weights that fall off in a straight line from pixel to pixel.</summary>
public sealed class BilinearTests
{
    private const int Images = 2;
    private static readonly double[] RowPlaces = [-0.4, 0, 0.3, 1.5, 2, 2.6];
    private static readonly double[] ColumnPlaces = [0.25, 1.75, 3, 3.2];
    private static readonly LinearAxis Rows = new(3, RowPlaces);
    private static readonly LinearAxis Columns = new(4, ColumnPlaces);

    public static TheoryData<int> ThreadCounts => [1, 3];

    [Theory]
    [MemberData(nameof(ThreadCounts))]
    public void Every_number_of_channels(int threads)
    {
        using var pool = new WorkerPool(threads);
        foreach (int channels in Lengths.AllTails.Where(n => n > 0))
        {
            float[] x = FloatValues.Uniform(Images * 12 * channels, 1, channels),
                dy = FloatValues.Uniform(Images * 24 * channels, 1, channels + 1);
            using var y = new GuardedFloats(dy.Length);
            using var dx = new GuardedFloats(x.Length);
            Bilinear.Forward(pool, Rows, Columns, channels, x, y.Span);
            Bilinear.Backward(pool, Rows, Columns, channels, dy, dx.Span);
            double[] gradient = new double[x.Length];
            for (int i = 0; i < dy.Length; i++)
            {
                double expected = 0;
                foreach ((int place, double weight) in Shares(i, channels))
                {
                    expected += weight * x[place];
                    gradient[place] += weight * dy[i];
                }

                // Four products of numbers below 1 and three sums.
                Assert.Equal(expected, y.Span[i], 4e-7);
            }

            // Up to twelve of them.
            for (int i = 0; i < x.Length; i++)
                Assert.Equal(gradient[i], dx.Span[i], 2e-6);
            y.AssertIntact();
            dx.AssertIntact();
        }
    }

    [Fact]
    public void Lengths_must_fit_and_nothing_is_allocated()
    {
        using WorkerPool pool = WorkerPool.Serial();
        Assert.Throws<ArgumentException>(() => Bilinear.Forward(pool, Rows, Columns, 2, new float[24], new float[47]));
        float[] x = new float[24],
            y = new float[48];
        Assert.Equal(
            0,
            Allocations.Least(() =>
            {
                Bilinear.Forward(pool, Rows, Columns, 2, x, y);
                Bilinear.Backward(pool, Rows, Columns, 2, y, x);
            })
        );
    }

    private static IEnumerable<(int Place, double Weight)> Shares(int result, int channels)
    {
        (int pixel, int channel) = Math.DivRem(result, channels);
        (int image, int place) = Math.DivRem(pixel, RowPlaces.Length * ColumnPlaces.Length);
        double row = Math.Clamp(RowPlaces[place / ColumnPlaces.Length], 0, 2),
            column = Math.Clamp(ColumnPlaces[place % ColumnPlaces.Length], 0, 3);
        for (int r = 0; r < 3; r++)
        {
            for (int c = 0; c < 4; c++)
                yield return (
                    ((((image * 3) + r) * 4) + c) * channels + channel,
                    Math.Max(0, 1 - Math.Abs(r - row)) * Math.Max(0, 1 - Math.Abs(c - column))
                );
        }
    }
}
