using Evenkeel.Kernels.Elementwise;
using Evenkeel.Kernels.Threading;

namespace Evenkeel.Kernels.Tests.Elementwise;

// One product, rounded once: half an ulp of y; dx for |dy| <= 2 likewise.
public sealed class LeakyReluTests() : ActivationContract<LeakyRelu>(new(0.2f), forwardUlps: 0.5, backwardError: 6e-8)
{
    [Fact]
    public void The_common_slope_is_a_hundredth() => Assert.Equal(0.01f, new LeakyRelu().Slope);

    [Fact]
    public void Negative_slopes_are_allowed()
    {
        using WorkerPool pool = WorkerPool.Serial();
        float[] y = new float[2];
        float[] dx = new float[2];
        Activate.Forward(pool, new LeakyRelu(-1f), [-3f, 3f], y);
        Activate.Backward(pool, new LeakyRelu(-1f), [-3f, 3f], [2f, 2f], dx);
        Assert.Equal([3f, 3f], y);
        Assert.Equal([-2f, 2f], dx);
    }

    [Theory]
    [InlineData(float.NaN)]
    [InlineData(float.PositiveInfinity)]
    public void Slopes_that_are_not_finite_are_refused(float slope) =>
        Assert.Throws<ArgumentOutOfRangeException>(() => new LeakyRelu(slope));
}
