using Evenkeel.Kernels.Elementwise;

namespace Evenkeel.Kernels.Tests.Elementwise;

// One rounding of a product and a sum; the gradient is the slope or 0.
public sealed class HardSigmoidTests()
    : ActivationContract<HardSigmoid>(new(0.25f, 0.5f), forwardUlps: 0.51, backwardError: 0)
{
    [Fact]
    public void A_line_that_is_not_finite_is_refused() =>
        Assert.Throws<ArgumentOutOfRangeException>(() => new HardSigmoid(float.PositiveInfinity, 0));
}
