using Evenkeel.Kernels.Elementwise;
using Evenkeel.Kernels.Threading;

namespace Evenkeel.Kernels.Tests.Elementwise;

// e^x - 1 to 1 ulp, then a product; dx from y + alpha: y's error of an ulp of 0.7 and two roundings below 1.
public sealed class EluTests() : ActivationContract<Elu>(new(0.7f), forwardUlps: 2, backwardError: 2e-7)
{
    [Fact]
    public void The_common_alpha_is_one() => Assert.Equal(1f, new Elu().Alpha);

    [Fact]
    public void Limits_and_NaN()
    {
        using WorkerPool pool = WorkerPool.Serial();
        float[] y = new float[4];
        Activate.Forward(pool, new Elu(2f), [float.NegativeInfinity, float.PositiveInfinity, float.NaN, -1e30f], y);
        Assert.Equal([-2f, float.PositiveInfinity, float.NaN, -2f], y);
    }

    [Theory]
    [InlineData(-1f)]
    [InlineData(float.NaN)]
    [InlineData(float.PositiveInfinity)]
    public void Alphas_that_hide_the_sign_of_the_input_are_refused(float alpha) =>
        Assert.Throws<ArgumentOutOfRangeException>(() => new Elu(alpha));
}
