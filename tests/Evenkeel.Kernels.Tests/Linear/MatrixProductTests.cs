using System.Runtime.Intrinsics;
using Evenkeel.Kernels.Lanes;
using Evenkeel.Kernels.Linear;
using Evenkeel.Kernels.Threading;
using Evenkeel.Testing;

namespace Evenkeel.Kernels.Tests.Linear;

public sealed class MatrixProductTests
{
    // Below, at and above the tile heights 6 and 14 and their doubles.
    private static readonly int[] _rows = [0, 1, 2, 5, 6, 7, 12, 13, 14, 15, 28, 29];
    private static readonly int[] _depths = [0, 1, 2, 3, 17];

    // Each way through the code: in place in several blocks of depth, panel by panel, packed with and without copied rows
    // (256-float strides), split depth, a single row.
    private static readonly (int M, int K, int N)[] _larger =
    [
        (60, 784, 100),
        (60, 100, 10),
        (17, 600, 33),
        (129, 257, 65),
        (140, 512, 300),
        (130, 300, 520),
        (131, 800, 130),
        (2049, 33, 20),
        (3500, 15, 47),
        (1, 1001, 255),
        (1, 0, 129),
        (1, 7, 128),
        (1, 8, 145),
        (1, 1280, 1000),
        (255, 1, 1),
    ];

    private static readonly string[] _kinds = ["forward", "bias", "input", "weights"];

    public static TheoryData<string> Kinds => [.. _kinds];

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Every_tail_is_exact_on_every_width(string kind)
    {
        using WorkerPool pool = WorkerPool.Serial();
        foreach (int m in _rows)
        {
            foreach (int k in _depths)
            {
                foreach (int n in Lengths.AllTails)
                    AssertExactOnEveryWidth(pool, kind, m, k, n);
            }
        }
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Larger_shapes_are_exact_on_every_width(string kind)
    {
        using var pool = new WorkerPool(2);
        foreach ((int m, int k, int n) in _larger)
            AssertExactOnEveryWidth(pool, kind, m, k, n);
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Rounding_errors_stay_within_the_bound(string kind)
    {
        using var pool = new WorkerPool(2);
        foreach ((int m, int k, int n) in _larger)
        {
            using var product = new ProductCase(kind, m, k, n, GuardedFloats.Uniform);
            ReadOnlySpan<float> result = product.Run<Vector512<float>, Lanes16>(pool);

            // A chain of d fused multiply-adds from a bias is off by gamma_d = d u / (1 - d u) of the sum of |a| |b| at most
            // (Higham, Accuracy and Stability of Numerical Algorithms, section 3.1); here u = 2^-24.
            int depth = kind switch
            {
                "input" => n,
                "weights" => m,
                _ => k,
            };
            double du = (depth + 1) * Math.Pow(2, -24);
            double[] magnitude = product.Magnitude;
            for (int i = 0; i < result.Length; i++)
                Assert.True(Math.Abs(result[i] - product.Exact[i]) <= du / (1 - du) * magnitude[i], product.Name);
        }
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Bits_do_not_depend_on_the_threads(string kind)
    {
        foreach ((int m, int k, int n) in _larger)
        {
            using var product = new ProductCase(kind, m, k, n, GuardedFloats.Uniform);
            using WorkerPool serial = WorkerPool.Serial();
            float[] expected = product.Run<Vector512<float>, Lanes16>(serial).ToArray();
            foreach (int threads in new[] { 2, 3, 8 })
            {
                using var pool = new WorkerPool(threads);
                for (int repeat = 0; repeat < 3; repeat++)
                {
                    ReadOnlySpan<float> result = product.Run<Vector512<float>, Lanes16>(pool);
                    Assert.True(result.SequenceEqual(expected), $"{product.Name}, {threads} threads");
                }
            }
        }
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Zero_times_infinity_is_not_skipped_and_stays_where_it_belongs(string kind)
    {
        using var pool = new WorkerPool(2);
        foreach (
            (int m, int k, int n) in new[] { (5, 3, 1), (60, 100, 10), (60, 300, 37), (150, 40, 70), (150, 300, 70) }
        )
        {
            using var product = new ProductCase(kind, m, k, n, GuardedFloats.Whole);
            product.B.Span[^1] = float.PositiveInfinity;
            product.A.Span.Clear();
            int columns = kind == "input" ? k : n;
            ReadOnlySpan<float> result = product.Run<Vector512<float>, Lanes16>(pool);
            for (int i = 0; i < result.Length; i++)
                Assert.True(float.IsNaN(result[i]) == (i % columns == columns - 1), $"{product.Name}: element {i}");
        }
    }

    [Fact]
    public void An_empty_batch_has_zero_gradients()
    {
        using WorkerPool pool = WorkerPool.Serial();
        float[] dw = [1, 2, 3, 4, 5, 6];
        MatrixProduct.GradientToWeights(pool, 0, 2, 3, [], [], dw);
        Assert.All(dw, value => Assert.Equal(0f, value));
        MatrixProduct.Forward(pool, 0, 2, 3, [], new float[6], []);
        MatrixProduct.GradientToInput(pool, 0, 2, 3, [], new float[6], []);
    }

    [Fact]
    public void A_wrong_length_is_named_with_the_sizes()
    {
        using WorkerPool pool = WorkerPool.Serial();
        ArgumentException e = Assert.Throws<ArgumentException>(() =>
            MatrixProduct.Forward(pool, 2, 3, 4, new float[6], new float[11], new float[8])
        );
        Assert.Contains("w holds 11 floats; m = 2, k = 3, n = 4 need 3 x 4", e.Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => MatrixProduct.Forward(pool, -1, 3, 4, [], new float[12], []));
        Assert.Throws<ArgumentException>(() =>
            MatrixProduct.ForwardWithBias(pool, 2, 3, 4, new float[6], new float[12], new float[3], new float[8])
        );
        Assert.Throws<ArgumentException>(() =>
            MatrixProduct.GradientToInput(pool, 2, 3, 4, new float[8], new float[12], new float[7])
        );
        Assert.Throws<ArgumentException>(() =>
            MatrixProduct.GradientToWeights(pool, 2, 3, 4, new float[5], new float[8], new float[12])
        );
    }

    [Fact]
    public void Nothing_is_allocated_per_call()
    {
        using var pool = new WorkerPool(2);
        (int m, int k, int n) = (150, 300, 70);
        (float[] x, float[] w, float[] y) = (new float[m * k], new float[k * n], new float[m * n]);
        Assert.Equal(
            0,
            Allocations.Least(() =>
            {
                MatrixProduct.Forward(pool, m, k, n, x, w, y);
                MatrixProduct.GradientToInput(pool, m, k, n, y, w, x);
                MatrixProduct.GradientToWeights(pool, m, k, n, x, y, w);
            })
        );
    }

    private static void AssertExactOnEveryWidth(WorkerPool pool, string kind, int m, int k, int n)
    {
        using var product = new ProductCase(kind, m, k, n, GuardedFloats.Whole);
        product.AssertExact<Vector512<float>, Lanes16>(pool);
        product.AssertExact<Vector256<float>, Lanes8>(pool);
        product.AssertExact<Vector128<float>, Lanes4>(pool);
        product.AssertExact<float, Lanes1>(pool);
    }
}
