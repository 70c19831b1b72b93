using Evenkeel.Kernels.Elementwise;
using Evenkeel.Kernels.Threading;

namespace Evenkeel.Kernels.Tests.Elementwise;

// e^x to 1 ulp, a sum and a quotient; dx from y: y's error of an ulp of 1 and roundings below 1/4.
public sealed class SigmoidTests() : ActivationContract<Sigmoid>(default, forwardUlps: 2.5, backwardError: 2e-7)
{
    [Fact]
    public void Limits_and_NaN()
    {
        using WorkerPool pool = WorkerPool.Serial();
        float[] y = new float[6];
        float[] x = [float.NegativeInfinity, float.PositiveInfinity, float.NaN, 0f, -1e30f, 1e30f];
        Activate.Forward(pool, default(Sigmoid), x, y);
        Assert.Equal([0f, 1f, float.NaN, 0.5f, 0f, 1f], y);
    }

    [Fact]
    public void The_far_left_tail_keeps_its_digits()
    {
        using WorkerPool pool = WorkerPool.Serial();
        float[] y = new float[1];
        Activate.Forward(pool, default(Sigmoid), [-80f], y);

        // e^-80 = 1.8048513878454153e-35, and 2.5 ulp are 3e-7 of it.
        Assert.Equal(1.8048513878454153e-35, y[0], 3e-7 * 1.8e-35);
    }
}
