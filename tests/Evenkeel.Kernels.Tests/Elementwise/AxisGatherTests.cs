using Evenkeel.Kernels.Elementwise;
using Evenkeel.Kernels.Threading;

namespace Evenkeel.Kernels.Tests.Elementwise;

public sealed class AxisGatherTests
{
    // Rows backwards, columns doubled, one row of nothing in front.
    private static readonly int[][] Tables =
    [
        [AxisGather.Nothing, 3, 0],
        [0, 0, 1, 1, 2, 2],
    ];

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public void Values_go_where_the_tables_say_and_gradients_come_back(int threads)
    {
        using var pool = new WorkerPool(threads);
        float[] y = new float[36];
        AxisGather.Forward(pool, Tables, 9, 2, [1, 2, 3, 4, 5, 6, 11, 12, 13, 14, 15, 16], y);
        Assert.Equal([9, 9, 9, 9, 9, 9, 4, 4, 5, 5, 6, 6, 1, 1, 2, 2, 3, 3], y[..18]);
        Assert.Equal([9, 9, 9, 9, 9, 9, 14, 14, 15, 15, 16, 16, 11, 11, 12, 12, 13, 13], y[18..]);
        float[] dx = [7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7];
        AxisGather.Backward(pool, Tables, 2, [.. Enumerable.Range(0, 36).Select(i => (float)i)], dx);
        Assert.Equal([25, 29, 33, 13, 17, 21, 61, 65, 69, 49, 53, 57], dx);
    }

    [Fact]
    public void Tables_that_reach_outside_are_refused()
    {
        using WorkerPool pool = WorkerPool.Serial();
        Assert.Throws<ArgumentException>(() => AxisGather.Forward(pool, Tables, 0, 1, new float[5], new float[18]));
        Assert.Throws<ArgumentException>(() => AxisGather.Forward(pool, Tables, 0, 1, new float[6], new float[17]));
    }
}
