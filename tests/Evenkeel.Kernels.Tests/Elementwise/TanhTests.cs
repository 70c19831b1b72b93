using Evenkeel.Kernels.Elementwise;
using Evenkeel.Kernels.Tests.Lanes;
using Evenkeel.Kernels.Threading;

namespace Evenkeel.Kernels.Tests.Elementwise;

// e^x - 1 to 1 ulp, a sum and a quotient; dx from y: twice y's error of an ulp of 1, and roundings.
public sealed class TanhTests() : ActivationContract<Tanh>(default, forwardUlps: 3, backwardError: 3e-7)
{
    [Fact]
    public void Is_odd_to_the_bit_with_the_sign_of_zero()
    {
        using WorkerPool pool = WorkerPool.Serial();
        float[] x = FloatValues.Mixed(5_003, 41);
        float[] negated = Array.ConvertAll(x, v => -v);
        Activate.Forward(pool, default(Tanh), x, x);
        Activate.Forward(pool, default(Tanh), negated, negated);
        FloatValues.AssertSame(x, Array.ConvertAll(negated, v => -v), "odd");
        FloatValues.AssertSame([0f, -0f], x.AsSpan(0, 2), "zeros");
    }

    [Fact]
    public void Limits_and_NaN()
    {
        using WorkerPool pool = WorkerPool.Serial();
        float[] y = new float[5];
        float[] x = [float.NegativeInfinity, float.PositiveInfinity, float.NaN, 1e30f, 1e-30f];
        Activate.Forward(pool, default(Tanh), x, y);
        Assert.Equal([-1f, 1f, float.NaN, 1f, 1e-30f], y);
    }
}
