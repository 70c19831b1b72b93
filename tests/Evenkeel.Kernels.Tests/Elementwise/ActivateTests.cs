using Evenkeel.Kernels.Elementwise;
using Evenkeel.Kernels.Threading;

namespace Evenkeel.Kernels.Tests.Elementwise;

public sealed class ActivateTests
{
    [Fact]
    public void Lengths_that_differ_are_refused_by_name()
    {
        using WorkerPool pool = WorkerPool.Serial();
        ArgumentException e = Assert.Throws<ArgumentException>(() =>
            Activate.Forward(pool, default(Relu), new float[3], new float[4])
        );
        Assert.Contains("y has 4 elements but x has 3", e.Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() =>
            Activate.Backward(pool, default(Relu), new float[3], new float[4], new float[4])
        );
        Assert.Throws<ArgumentException>(() =>
            Activate.Backward(pool, default(Relu), new float[4], new float[4], new float[5])
        );
    }

    [Fact]
    public void Memory_that_overlaps_shifted_is_refused()
    {
        using WorkerPool pool = WorkerPool.Serial();
        float[] memory = new float[10];
        ArgumentException e = Assert.Throws<ArgumentException>(() =>
            Activate.Forward(pool, default(Relu), memory.AsSpan(0, 8), memory.AsSpan(2, 8))
        );
        Assert.Contains("shifted by 2 elements", e.Message, StringComparison.Ordinal);
    }
}
