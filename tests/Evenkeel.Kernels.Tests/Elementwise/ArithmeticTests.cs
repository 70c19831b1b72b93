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
        Func<double, double, double> byB
    )
        where TOperation : struct, IArithmetic
    {
        using var pool = new WorkerPool(3);
        float[] a = FloatValues.Uniform(Count, 2f, 1),
            b = Array.ConvertAll(FloatValues.Uniform(Count, 1f, 2), v => v + 2),
            dy = FloatValues.Uniform(Count, 1f, 3),
            y = new float[Count],
            da = new float[Count],
            db = new float[Count];
        Arithmetic.Forward(pool, operation, a, b, y);
        Arithmetic.Backward(pool, operation, a, b, dy, da, db);
        for (int i = 0; i < Count; i++)
        {
            // Up to three operations on values below 8, each rounded to 6e-8 of it.
            Assert.Equal(value(a[i], b[i]), y[i], 1e-6);
            Assert.Equal(dy[i] * byA(a[i], b[i]), da[i], 2e-6);
            Assert.Equal(dy[i] * byB(a[i], b[i]), db[i], 2e-6);
        }
    }
}
