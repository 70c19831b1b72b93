using Evenkeel.Data.Sampling;
using Evenkeel.Data.Synthetic;

namespace Evenkeel.Data.Tests.Synthetic;

public sealed class SmoothFieldTests
{
    [Fact]
    public void Is_smooth_across_the_square_and_constant_beyond()
    {
        var random = new SeededRandom(3);
        var field = new SmoothField();
        field.Draw(ref random, 1f);
        float largest = 0f;
        for (int i = -200; i < 200; i++)
            largest = Math.Max(largest, Math.Abs(field.At((i + 1) / 200f, 0.3f) - field.At(i / 200f, 0.3f)));

        // Knots within 3.47 of 0 and a knot every 2/3: a slope of at most 10.4 per unit, here over 1/200.
        Assert.InRange(largest, 1e-4f, 0.053f);
        Assert.Equal(field.At(1f, 1f), field.At(1.7f, 9f));
        Assert.Equal(field.At(-1f, 0.1f), field.At(-3f, 0.1f));
    }

    [Fact]
    public void Varies_as_much_as_asked_for()
    {
        var random = new SeededRandom(4);
        var field = new SmoothField();
        double squares = 0;
        const int Draws = 4_000;
        for (int i = 0; i < Draws; i++)
        {
            field.Draw(ref random, 2f);
            double value = field.At(-1f / 3, 1f / 3);
            squares += value * value;
        }

        // At a joint of the spline two knots of weight 1/2 meet in each direction: variance 4 * (1/2)^2 = 1; 10 % is
        // more than four standard errors.
        Assert.Equal(1, squares / Draws, 0.1);
    }
}
