using Evenkeel.Kernels.Elementwise;
using Evenkeel.Kernels.Threading;

namespace Evenkeel.Kernels.Tests.Elementwise;

// Selects: exact.
public sealed class ReluTests() : ActivationContract<Relu>(default, forwardUlps: 0, backwardError: 0)
{
    [Fact]
    public void The_gradient_at_zero_is_zero()
    {
        using WorkerPool pool = WorkerPool.Serial();
        float[] dx = new float[3];
        Activate.Backward(pool, default(Relu), [0f, -0f, float.Epsilon], [5f, 5f, 5f], dx);
        Assert.Equal([0f, 0f, 5f], dx);
    }
}
