using Evenkeel.Kernels.Elementwise;
using Evenkeel.Kernels.Tests.Lanes;
using Evenkeel.Kernels.Threading;

namespace Evenkeel.Kernels.Tests.Elementwise;

public sealed class RowSoftmaxTests
{
    [Theory]
    [InlineData(1, 3)]
    [InlineData(7, 1000)]
    [InlineData(5000, 3)]
    public void Rows_are_shares_and_gradients_those_of_the_definition(int channels, int rows)
    {
        using var pool = new WorkerPool(3);
        float[] x = FloatValues.Uniform(rows * channels, 20f, 3);
        float[] dy = FloatValues.Uniform(x.Length, 1f, 4);
        float[] y = new float[x.Length];
        float[] dx = new float[x.Length];
        RowSoftmax.Forward(pool, channels, x, y);
        RowSoftmax.Backward(pool, channels, y, dy, dx);
        for (int row = 0; row < x.Length; row += channels)
        {
            double[] e = [.. x.Skip(row).Take(channels).Select(v => Math.Exp(v))];
            double sum = e.Sum(),
                inner = e.Select((v, c) => v / sum * dy[row + c]).Sum();
            for (int c = 0; c < channels; c++)
            {
                // Shares are below 1: an exponential, a sum and a quotient are a few roundings of 6e-8.
                Assert.Equal(e[c] / sum, y[row + c], 5e-7);
                Assert.Equal(e[c] / sum * (dy[row + c] - inner), dx[row + c], 1e-6);
            }
        }
    }

    [Fact]
    public void Large_values_do_not_overflow()
    {
        using WorkerPool pool = WorkerPool.Serial();
        float[] y = new float[2];
        RowSoftmax.Forward(pool, 2, [3e38f, 3e38f], y);
        Assert.Equal([0.5f, 0.5f], y);
    }

    [Fact]
    public void Lengths_that_are_no_rows_are_refused()
    {
        using WorkerPool pool = WorkerPool.Serial();
        Assert.Throws<ArgumentException>(() => RowSoftmax.Forward(pool, 3, new float[4], new float[4]));
    }
}
