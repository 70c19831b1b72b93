using Evenkeel.Kernels.Elementwise;

namespace Evenkeel.Kernels.Tests.Elementwise;

// Selects: exact.
public sealed class ClipTests() : ActivationContract<Clip>(new(-1f, 2f), forwardUlps: 0, backwardError: 0)
{
    [Theory]
    [InlineData(1f, 0f)]
    [InlineData(float.NaN, 0f)]
    [InlineData(0f, float.NaN)]
    public void Limits_out_of_order_are_refused(float least, float most) =>
        Assert.Throws<ArgumentOutOfRangeException>(() => new Clip(least, most));
}
