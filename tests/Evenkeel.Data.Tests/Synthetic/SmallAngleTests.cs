using Evenkeel.Data.Synthetic;

namespace Evenkeel.Data.Tests.Synthetic;

public sealed class SmallAngleTests
{
    [Fact]
    public void Agrees_with_the_library_within_one_radian()
    {
        // Truncation of the series is 1 / 11! = 3e-8 at one radian; a few roundings of 6e-8 come on top.
        for (int i = -100; i <= 100; i++)
        {
            float a = i / 100f;
            Assert.Equal(Math.Sin(a), SmallAngle.Sin(a), 2e-7);
            Assert.Equal(Math.Cos(a), SmallAngle.Cos(a), 2e-7);
        }
    }
}
