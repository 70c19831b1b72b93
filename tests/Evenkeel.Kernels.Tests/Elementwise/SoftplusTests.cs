using Evenkeel.Kernels.Elementwise;
using Evenkeel.Kernels.Threading;

namespace Evenkeel.Kernels.Tests.Elementwise;

// An exponential to 1.1 ulp, a quotient, a series and a sum; dx from 1 - e^-y, an ulp of y and two roundings below 1.
public sealed class SoftplusTests() : ActivationContract<Softplus>(default, forwardUlps: 3, backwardError: 4e-7)
{
    [Fact]
    public void Limits_and_NaN()
    {
        using WorkerPool pool = WorkerPool.Serial();
        float[] y = new float[5];
        Activate.Forward(
            pool,
            default(Softplus),
            [float.NegativeInfinity, float.PositiveInfinity, float.NaN, 1e30f, -1e30f],
            y
        );
        Assert.Equal([0f, float.PositiveInfinity, float.NaN, 1e30f, 0f], y);
    }
}
