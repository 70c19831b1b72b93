using Evenkeel.Kernels.Elementwise;
using Evenkeel.Kernels.Loops;
using Evenkeel.Kernels.Optim;
using Evenkeel.Kernels.Tests.Lanes;
using Evenkeel.Kernels.Threading;
using Evenkeel.Testing;

namespace Evenkeel.Kernels.Tests.Optim;

public sealed unsafe class GradientNormTests
{
    public static TheoryData<int> AllWidths => [.. Widths.All];

    [Fact]
    public void Every_length_gives_the_reference()
    {
        using WorkerPool pool = WorkerPool.Serial();
        foreach (int length in Lengths.AllTails.Concat(Lengths.Odd).Concat([8191, 8192, 8193, 100_003]))
        {
            float[] values = FloatValues.Uniform(length, 3f, length);
            double expected = GradientNormReference.SumOfSquares(values);

            // Some 200 additions in a row at most, each rounded to 1.1e-16.
            Assert.Equal(expected, GradientNorm.SumOfSquares(pool, values), 3e-14 * expected);
        }
    }

    [Fact]
    public void Every_width_and_number_of_threads_gives_the_same_bits()
    {
        foreach (int length in (int[])[1, 63, 64, 65, 100_003])
        {
            float[] values = FloatValues.Uniform(length, 3f, length);
            using WorkerPool one = WorkerPool.Serial();
            double expected = GradientNorm.SumOfSquares(one, values);
            foreach (int threads in (int[])[2, 3, 8])
            {
                using var pool = new WorkerPool(threads);
                Assert.Equal(expected, GradientNorm.SumOfSquares(pool, values));
            }

            foreach (int width in Widths.All)
            {
                double sum = -1;
                fixed (float* p = values)
                    Widths.Run(width, new SumOfSquaresPass(one, length, p, &sum));
                Assert.Equal(expected, sum);
            }
        }
    }

    [Fact]
    public void Neither_the_largest_nor_the_smallest_floats_are_lost()
    {
        using WorkerPool pool = WorkerPool.Serial();
        double large = (double)float.MaxValue * float.MaxValue;
        double small = (double)float.Epsilon * float.Epsilon;
        Assert.Equal(large * 2, GradientNorm.SumOfSquares(pool, [float.MaxValue, 0f, float.MinValue]));
        Assert.Equal(small * 2, GradientNorm.SumOfSquares(pool, [float.Epsilon, -float.Epsilon]));
        Assert.Equal(0, GradientNorm.SumOfSquares(pool, []));
        Assert.True(double.IsNaN(GradientNorm.SumOfSquares(pool, [1f, float.NaN])));
        Assert.Equal(double.PositiveInfinity, GradientNorm.SumOfSquares(pool, [1f, float.NegativeInfinity]));
    }

    [Theory]
    [MemberData(nameof(AllWidths))]
    public void Every_length_and_width_scales_to_the_bit(int width)
    {
        using WorkerPool pool = WorkerPool.Serial();
        foreach (int length in Lengths.AllTails.Concat(Lengths.Odd))
        {
            float[] values = FloatValues.Mixed(length, length);
            using var scaled = new GuardedFloats(values, 1);
            var kernel = new ScaleKernel(scaled.Pointer, scaled.Pointer, 0.3f);
            Widths.Run(width, new ElementwisePass<ScaleKernel>(pool, length, kernel));
            FloatValues.AssertSame(Array.ConvertAll(values, v => v * 0.3f), scaled.Span, $"length {length}");
            scaled.AssertIntact();
        }
    }

    [Fact]
    public void Allocates_nothing_and_scales_on_threads()
    {
        using var pool = new WorkerPool(3);
        float[] values = FloatValues.Uniform(30_001, 1f, 1);
        float[] expected = Array.ConvertAll(values, v => v * 0.5f);
        GradientNorm.Scale(pool, values, 0.5f);
        FloatValues.AssertSame(expected, values, "scaled");
        Assert.Equal(
            0,
            Allocations.Least(() =>
            {
                GradientNorm.Scale(pool, values, 1f);
                GradientNorm.SumOfSquares(pool, values);
            })
        );
    }
}
