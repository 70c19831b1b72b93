using Evenkeel.Kernels.Elementwise;
using Evenkeel.Kernels.Tests.Lanes;
using Evenkeel.Kernels.Threading;

namespace Evenkeel.Kernels.Tests.Elementwise;

public sealed class RowLogSoftmaxTests
{
    [Theory]
    [InlineData(1, 3)]
    [InlineData(7, 1000)]
    [InlineData(5000, 3)]
    public void Rows_and_gradients_are_those_of_the_definition(int channels, int rows)
    {
        using var pool = new WorkerPool(3);
        float[] x = FloatValues.Uniform(rows * channels, 20f, 3);
        float[] dy = FloatValues.Uniform(x.Length, 1f, 4);
        float[] y = new float[x.Length];
        float[] dx = new float[x.Length];
        RowSoftmax.ForwardLog(pool, channels, x, y);
        RowSoftmax.BackwardLog(pool, channels, y, dy, dx);
        for (int row = 0; row < x.Length; row += channels)
        {
            double logarithm = Math.Log(x.Skip(row).Take(channels).Sum(v => Math.Exp(v))),
                sum = dy.Skip(row).Take(channels).Sum(d => (double)d);
            for (int c = 0; c < channels; c++)
            {
                double exact = x[row + c] - logarithm;
                // Values reach 50: three roundings of half an ulp of that, 2e-6 each.
                Assert.Equal(exact, y[row + c], 6e-6);
                // The rounding of y times the sum, which reaches a few dozen.
                Assert.Equal(
                    dy[row + c] - (Math.Exp(exact) * sum),
                    dx[row + c],
                    1e-6 + (6e-6 * Math.Abs(Math.Exp(exact) * sum))
                );
            }
        }
    }

    [Fact]
    public void Shares_too_small_for_a_float_keep_their_logarithm()
    {
        using WorkerPool pool = WorkerPool.Serial();
        float[] y = new float[2];
        RowSoftmax.ForwardLog(pool, 2, [1000f, -1000f], y);
        Assert.Equal([0f, -2000f], y);
    }

    [Fact]
    public void Lengths_that_are_no_rows_are_refused()
    {
        using WorkerPool pool = WorkerPool.Serial();
        Assert.Throws<ArgumentException>(() => RowSoftmax.ForwardLog(pool, 3, new float[4], new float[4]));
    }
}
