using Evenkeel.Kernels.Elementwise;
using Evenkeel.Kernels.Tests.Lanes;
using Evenkeel.Kernels.Threading;

namespace Evenkeel.Kernels.Tests.Elementwise;

public sealed class ArithmeticTests
{
    private const int Count = 20_003;

    [Fact]
    public void Products() => Run(new Product(), (a, b) => a * b, (_, b) => b, (a, _) => a);

    [Fact]
    public void Differences() => Run(new Difference(), (a, b) => a - b, (_, _) => 1, (_, _) => -1);

    [Fact]
    public void Quotients() => Run(new Quotient(), (a, b) => a / b, (_, b) => 1 / b, (a, b) => -a / (b * b));

    [Fact]
    public void The_larger() => Run(new Larger(), Math.Max, (a, b) => a > b ? 1 : 0, (a, b) => a > b ? 0 : 1);

    [Fact]
    public void The_smaller() => Run(new Smaller(), Math.Min, (a, b) => a < b ? 1 : 0, (a, b) => a < b ? 0 : 1);

    [Fact]
    public void Powers() =>
        Run(
            new Raised(),
            Math.Pow,
            (a, b) => b * Math.Pow(a, b - 1),
            (a, b) => a > 0 ? Math.Pow(a, b) * Math.Log(a) : 0,
            least: 0
        );

    [Fact]
    public void Of_equal_values_each_has_half_of_the_gradient_and_NaN_stays()
    {
        using WorkerPool pool = WorkerPool.Serial();
        float[] a = [1, 1, float.NaN, 1],
            b = [1, 2, 1, float.NaN],
            y = new float[4],
            da = new float[4],
            db = new float[4];
        Arithmetic.Forward(pool, new Larger(), a, b, y);
        Assert.Equal([1, 2, float.NaN, float.NaN], y);
        Arithmetic.Forward(pool, new Smaller(), a, b, y);
        Assert.Equal([1, 1, float.NaN, float.NaN], y);
        Arithmetic.Backward(pool, new Larger(), a, b, [4, 4, 4, 4], da, db);
        Assert.Equal([2f, 0f, 2f, 4f], [.. da[..2], .. db[..2]]);
    }

    [Fact]
    public void Lengths_must_agree()
    {
        using WorkerPool pool = WorkerPool.Serial();
        Assert.Throws<ArgumentException>(() =>
            Arithmetic.Forward(pool, new Product(), new float[3], new float[4], new float[3])
        );
    }

    private static void Run<TOperation>(
        TOperation operation,
        Func<double, double, double> value,
        Func<double, double, double> byA,
        Func<double, double, double> byB,
        float least = -2
    )
        where TOperation : struct, IArithmetic
    {
        using var pool = new WorkerPool(3);
        float[] a = Array.ConvertAll(FloatValues.Uniform(Count, (2 - least) / 2, 1), v => v + ((2 + least) / 2)),
            b = Array.ConvertAll(FloatValues.Uniform(Count, 1f, 2), v => v + 2),
            dy = FloatValues.Uniform(Count, 1f, 3),
            y = new float[Count],
            da = new float[Count],
            db = new float[Count];
        Arithmetic.Forward(pool, operation, a, b, y);
        Arithmetic.Backward(pool, operation, a, b, dy, da, db);
        for (int i = 0; i < Count; i++)
        {
            // Up to three operations on values below 12, each rounded to 6e-8 of it.
            Assert.Equal(value(a[i], b[i]), y[i], 1e-6);
            Assert.Equal(dy[i] * byA(a[i], b[i]), da[i], 2e-6);
            Assert.Equal(dy[i] * byB(a[i], b[i]), db[i], 2e-6);
        }
    }
}
