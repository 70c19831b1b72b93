using Evenkeel.Kernels.Elementwise;
using Evenkeel.Kernels.Loops;
using Evenkeel.Kernels.Tests.Lanes;
using Evenkeel.Kernels.Threading;
using Evenkeel.Testing;

namespace Evenkeel.Kernels.Tests.Elementwise;

public sealed unsafe class SumTests
{
    public static TheoryData<int> AllWidths => [.. Widths.All];

    [Theory]
    [MemberData(nameof(AllWidths))]
    public void Every_length_and_width_adds_to_the_bit(int width)
    {
        using WorkerPool pool = WorkerPool.Serial();
        foreach (int length in Lengths.AllTails.Concat(Lengths.Odd))
        {
            float[] a = FloatValues.Mixed(length, 1);
            float[] b = [.. FloatValues.Mixed(length, 2).Reverse()];
            using var y = new GuardedFloats(length, 1);
            fixed (
                float* pa = a,
                    pb = b
            )
                Widths.Run(
                    width,
                    new ElementwisePass<Sum.Kernel<Identity>>(pool, length, new(default, pa, pb, y.Pointer))
                );
            FloatValues.AssertSame([.. a.Zip(b, (u, v) => u + v)], y.Span, $"length {length}");
            y.AssertIntact();
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(8)]
    public void Either_operand_may_be_the_result_on_any_number_of_threads(int threads)
    {
        using var pool = new WorkerPool(threads);
        float[] a = FloatValues.Uniform(50_001, 1f, 3);
        float[] b = FloatValues.Uniform(50_001, 1f, 4);
        float[] expected = [.. a.Zip(b, (u, v) => u + v)];
        float[] left = [.. a];
        Sum.Add(pool, left, b, left);
        FloatValues.AssertSame(expected, left, "a");
        Sum.Add(pool, a, b, b);
        FloatValues.AssertSame(expected, b, "b");
    }

    [Fact]
    public void Lengths_that_differ_are_refused()
    {
        using WorkerPool pool = WorkerPool.Serial();
        Assert.Throws<ArgumentException>(() => Sum.Add(pool, new float[3], new float[4], new float[3]));
        Assert.Throws<ArgumentException>(() => Sum.Add(pool, new float[3], new float[3], new float[2]));
    }

    [Fact]
    public void Allocates_nothing()
    {
        using var pool = new WorkerPool(2);
        float[] a = new float[20_000];
        Assert.Equal(0, Allocations.Least(() => Sum.Add(pool, a, a, a)));
    }
}
