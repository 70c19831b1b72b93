using Evenkeel.Kernels.Elementwise;
using Evenkeel.Kernels.Threading;
using Evenkeel.Testing;

namespace Evenkeel.Kernels.Tests.Elementwise;

/// <summary>Gradients through a sigmoid or a hyperbolic tangent that are too small to matter.</summary>
public sealed class VanishingGradientTests
{
    public static TheoryData<int> Counts => [.. Lengths.AllTails];

    [Theory]
    [MemberData(nameof(Counts))]
    public void They_are_zero_and_no_subnormal_numbers(int count)
    {
        // Sigmoid: a slope of 1/4. Tangent: a slope of 3/4.
        AssertVanish(default(Sigmoid), count, 0.25);
        AssertVanish(default(Tanh), count, 0.75);
    }

    private static void AssertVanish<TAct>(TAct act, int count, double slope)
        where TAct : struct, IActivation
    {
        using WorkerPool pool = WorkerPool.Serial();
        float[] y = new float[count],
            dy = new float[count],
            dx = new float[count];
        Array.Fill(y, 0.5f);
        for (int i = 0; i < count; i++)
            dy[i] = (i % 2 == 0 ? 1 : -1) * MathF.ScaleB(1.5f, -130 + (i % 40));
        Activate.Backward(pool, act, y, dy, dx);
        for (int i = 0; i < count; i++)
        {
            double exact = dy[i] * slope;
            Assert.Equal(Math.Abs(exact) < Math.ScaleB(1, -100) ? 0 : (float)exact, dx[i]);
        }
    }

    [Fact]
    public void What_is_no_number_stays_so()
    {
        using WorkerPool pool = WorkerPool.Serial();
        float[] dx = new float[1];
        Activate.Backward(pool, default(Sigmoid), [0.5f], [float.NaN], dx);
        Assert.True(float.IsNaN(dx[0]));
        Activate.Backward(pool, default(Tanh), [0.5f], [float.NaN], dx);
        Assert.True(float.IsNaN(dx[0]));
    }
}
