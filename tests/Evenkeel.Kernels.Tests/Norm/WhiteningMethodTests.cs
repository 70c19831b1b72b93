using Evenkeel.Kernels.Norm;
using Evenkeel.Kernels.Threading;

namespace Evenkeel.Kernels.Tests.Norm;

/// <summary>Whitening matrices and their gradients, by eigenvalues and by iterations.</summary>
public sealed class WhiteningMethodTests
{
    // What the definitions add to the diagonal.
    private const double Smallest = 1e-5;

    public static TheoryData<int> Sizes => [1, 2, 3, 4, 5, 7, 8, 9, 12, 15, 16, 17, 24, 31, 33, 40];

    public static TheoryData<int, int> SizesAndIterations =>
        [
            .. from size in (int[])[1, 2, 3, 5, 8, 13, 20]
            from iterations in (int[])[0, 1, 2, 3, 5, 8]
            select (size, iterations),
        ];

    [Theory]
    [MemberData(nameof(Sizes))]
    public void The_inverse_root_makes_the_identity_of_its_covariance(int size)
    {
        double[] covariance = Covariance(size, rows: 3 * size, seed: size),
            matrix = Whiten(new ZcaWhitening(), size, covariance, out _),
            identity = Product(size, Product(size, matrix, covariance), matrix);
        // Rounding of a sum of as many products of numbers near 1, with a margin for the spread of eigenvalues.
        for (int i = 0; i < identity.Length; i++)
            Assert.Equal(i / size == i % size ? 1 : 0, identity[i], 1e-11 * size);
    }

    [Theory]
    [MemberData(nameof(SizesAndIterations))]
    public void Matrices_and_gradients_are_those_of_the_reference(int size, int iterations)
    {
        WhiteningMethod method = Method(iterations);
        double[] covariance = Covariance(size, rows: 3 * size, seed: 7 + size),
            gradient = Symmetric(size, seed: 9),
            matrix = Whiten(method, size, covariance, out double[] state);
        Near(WhiteningReference.Whiten(method, size, Smallest, covariance), matrix, 1e-10);
        double[] expected = WhiteningReference.Gradient(method, size, Smallest, covariance, gradient);
        method.Differentiate(WorkerPool.Serial(), new(size, size), state, gradient);
        Near(expected, gradient, 1e-9);
    }

    [Theory]
    [MemberData(nameof(SizesAndIterations))]
    public void Gradients_are_the_slopes_of_the_matrices(int size, int iterations)
    {
        WhiteningMethod method = Method(iterations);
        double[] covariance = Covariance(size, rows: 4 * size, seed: 3 + size),
            factors = Symmetric(size, seed: 5),
            slopes = [.. factors];
        _ = Whiten(method, size, covariance, out double[] state);
        method.Differentiate(WorkerPool.Serial(), new(size, size), state, slopes);
        double largest = slopes.Max(Math.Abs);
        for (int i = 0; i < size; i++)
        {
            for (int j = 0; j <= i; j++)
            {
                // The third derivative, times the square of the step, and rounding divided by the step are both below 1e-8.
                const double Step = 1e-4;
                double slope = (Loss(i, j, Step) - Loss(i, j, -Step)) / (2 * Step),
                    both = i == j ? slopes[(i * size) + j] : 2 * slopes[(i * size) + j];
                Assert.Equal(slope, both, 1e-6 * Math.Max(1, largest));
            }
        }

        double Loss(int i, int j, double step)
        {
            double[] moved = [.. covariance];
            moved[(i * size) + j] += step;
            if (i != j)
                moved[(j * size) + i] += step;
            return Whiten(method, size, moved, out _).Zip(factors, (a, b) => a * b).Sum();
        }
    }

    [Theory]
    [InlineData(0)]
    [InlineData(5)]
    public void Equal_eigenvalues_do_no_harm(int iterations)
    {
        const int Size = 6;
        WhiteningMethod method = Method(iterations);
        double[] identity = [.. Enumerable.Range(0, Size * Size).Select(i => i % (Size + 1) == 0 ? 2.0 : 0)],
            gradient = Symmetric(Size, seed: 2);
        double[] expected = WhiteningReference.Gradient(method, Size, Smallest, identity, gradient);
        _ = Whiten(method, Size, identity, out double[] state);
        method.Differentiate(WorkerPool.Serial(), new(Size, Size), state, gradient);
        Near(expected, gradient, 1e-12);
    }

    [Theory]
    [MemberData(nameof(Sizes))]
    public void Many_iterations_reach_the_inverse_root(int size)
    {
        double[] covariance = Covariance(size, rows: 4 * size, seed: 11 + size);
        double[] exact = Whiten(new ZcaWhitening(), size, covariance, out _);
        // The smallest of 40 eigenvalues is a thousandth of their sum or more: each iteration makes its root 1.5 times as large at first.
        Near(exact, Whiten(new IterativeWhitening(40), size, covariance, out _), 1e-9);
        if (size > 2)
            Assert.True(Farthest(exact, Whiten(new IterativeWhitening(2), size, covariance, out _)) > 1e-3);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(5)]
    public void Groups_and_threads_change_no_bit(int iterations)
    {
        const int Size = 37;
        WhiteningMethod method = Method(iterations);
        var shape = new WhiteningShape(3 * Size, Size);
        double[][] covariances = [.. Enumerable.Range(0, 3).Select(g => Covariance(Size, rows: 60, seed: g))];
        double[] alone =
        [
            .. covariances.SelectMany(c =>
            {
                double[] gradient = Symmetric(Size, seed: 4);
                _ = Whiten(method, Size, c, out double[] state);
                method.Differentiate(WorkerPool.Serial(), new(Size, Size), state, gradient);
                return gradient;
            }),
        ];
        foreach (int threads in (int[])[1, 2, 5])
        {
            using var pool = new WorkerPool(threads);
            double[] matrices = [.. covariances.SelectMany(c => c)],
                state = new double[3 * method.StateLength(Size)],
                gradients = [.. Enumerable.Repeat(Symmetric(Size, seed: 4), 3).SelectMany(g => g)];
            method.Whiten(pool, shape, Smallest, matrices, state);
            method.Differentiate(pool, shape, state, gradients);
            Assert.Equal(alone, gradients);
        }
    }

    [Theory]
    [InlineData(0)]
    [InlineData(5)]
    public void A_covariance_that_is_no_number_makes_no_number_of_its_own_group_only(int iterations)
    {
        WhiteningMethod method = Method(iterations);
        double[] matrices = [1, 0.2, 0.2, 2, 1, double.NaN, double.NaN, 2];
        method.Whiten(WorkerPool.Serial(), new(4, 2), Smallest, matrices, new double[2 * method.StateLength(2)]);
        Assert.All(matrices[..4], v => Assert.True(double.IsFinite(v)));
        Assert.All(matrices[4..], v => Assert.True(double.IsNaN(v)));
    }

    [Fact]
    public void Fewer_rows_than_channels_leave_epsilon_along_what_they_do_not_span()
    {
        const int Size = 8;
        double[] covariance = Covariance(Size, rows: 3, seed: 1),
            matrix = Whiten(new ZcaWhitening(), Size, covariance, out double[] state);
        double[] roots = [.. state[^Size..].Order()];
        // Four rows about their mean span three directions.
        Assert.All(roots[..5], r => Assert.Equal(Math.Sqrt(Smallest), r, 1e-9));
        Assert.True(roots[5] > 0.1);
        Assert.Equal(1 / Math.Sqrt(Smallest), roots.Select(r => 1 / r).Max(), 1e-3);
        Assert.All(matrix, v => Assert.True(double.IsFinite(v)));
    }

    [Fact]
    public void An_eigenvalue_that_rounding_made_too_small_counts_as_the_smallest()
    {
        // Eigenvalues 2 and minus 1e-7, along (1, 1) and (1, -1): what rounded products can make of two equal channels.
        const double Low = -1e-7;
        double[] covariance = [(2 + Low) / 2, (2 - Low) / 2, (2 - Low) / 2, (2 + Low) / 2],
            raised = [(2 + Smallest) / 2, (2 - Smallest) / 2, (2 - Smallest) / 2, (2 + Smallest) / 2],
            gradient = [1, -0.5, -0.5, 2];
        var method = new ZcaWhitening();
        double[] matrix = Whiten(method, 2, covariance, out double[] state);
        // Eigenvalues are rounded to 1e-16, and the smallest is 1e-5.
        Near(Whiten(method, 2, raised, out _), matrix, 1e-9);
        Near(matrix, WhiteningReference.Whiten(method, 2, Smallest, covariance), 1e-9);
        double[] expected = WhiteningReference.Gradient(method, 2, Smallest, raised, gradient);
        Near(expected, WhiteningReference.Gradient(method, 2, Smallest, covariance, gradient), 1e-9);
        method.Differentiate(WorkerPool.Serial(), new(2, 2), state, gradient);
        Near(expected, gradient, 1e-9);
    }

    [Fact]
    public void Eigenvalues_of_groups_are_ascending_and_of_their_own_group()
    {
        // Of [2 1; 1 2] times 1, -1 and what is no number.
        double[] matrices = [2, 1, 1, 2, -2, -1, -1, -2, 2, double.NaN, double.NaN, 2],
            values = new double[6];
        Whitening.Eigenvalues(new(6, 2), matrices, values);
        // Rounding of numbers up to 3.
        foreach ((double expected, double actual) in ((double[])[1, 3, -3, -1]).Zip(values))
            Assert.Equal(expected, actual, 1e-14);
        Assert.All(values[4..], v => Assert.True(double.IsNaN(v)));
        Assert.Throws<ArgumentException>(() => Whitening.Eigenvalues(new(6, 2), new double[12], new double[5]));
    }

    [Fact]
    public void Sizes_that_do_not_fit_are_refused()
    {
        var method = new ZcaWhitening();
        using var pool = WorkerPool.Serial();
        Assert.Throws<ArgumentException>(() => method.Whiten(pool, new(5, 2), 1, new double[10], new double[20]));
        Assert.Throws<ArgumentException>(() => method.Whiten(pool, new(4, 2), 1, new double[7], new double[12]));
        Assert.Throws<ArgumentException>(() => method.Whiten(pool, new(4, 2), 1, new double[8], new double[11]));
        Assert.Throws<ArgumentOutOfRangeException>(() =>
            method.Whiten(pool, new(4, 2), 0, new double[8], new double[12])
        );
    }

    // 0 iterations: the inverse root itself.
    private static WhiteningMethod Method(int iterations) =>
        iterations == 0 ? new ZcaWhitening() : new IterativeWhitening(iterations);

    private static double[] Whiten(WhiteningMethod method, int size, double[] covariance, out double[] state)
    {
        double[] matrix = [.. covariance];
        state = new double[method.StateLength(size)];
        method.Whiten(WorkerPool.Serial(), new(size, size), Smallest, matrix, state);
        return matrix;
    }

    // Of random rows, with what is added to the diagonal.
    private static double[] Covariance(int size, int rows, int seed)
    {
        var random = new Random(seed);
        double[][] values =
        [
            .. Enumerable
                .Range(0, rows + 1)
                .Select(_ => Enumerable.Range(0, size).Select(_ => Gaussian(random)).ToArray()),
        ];
        double[] covariance = new double[size * size];
        for (int i = 0; i < covariance.Length; i++)
        {
            (int a, int b) = (i / size, i % size);
            double meanA = values.Average(v => v[a]),
                meanB = values.Average(v => v[b]);
            covariance[i] = values.Average(v => (v[a] - meanA) * (v[b] - meanB)) + (a == b ? Smallest : 0);
        }

        return covariance;
    }

    private static double[] Symmetric(int size, int seed)
    {
        var random = new Random(seed);
        double[] matrix = new double[size * size];
        for (int i = 0; i < size; i++)
        {
            for (int j = 0; j <= i; j++)
                matrix[(i * size) + j] = matrix[(j * size) + i] = Gaussian(random);
        }

        return matrix;
    }

    private static double Gaussian(Random random) =>
        Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble());

    private static double[] Product(int size, double[] a, double[] b) =>
        MatrixProductReference.Forward(size, size, size, a, b);

    private static double Farthest(double[] expected, double[] actual) =>
        expected.Zip(actual, (e, a) => Math.Abs(e - a)).Max();

    // Of the largest element.
    private static void Near(double[] expected, double[] actual, double tolerance)
    {
        double largest = expected.Max(Math.Abs);
        Assert.True(Farthest(expected, actual) <= tolerance * largest, $"{Farthest(expected, actual)} of {largest}");
    }
}
