using Evenkeel.Kernels.Norm;

namespace Evenkeel.Kernels.Tests.Norm;

/// <summary>Eigenvectors are of length 1, stand upright on each other, and give back the matrix.</summary>
public sealed class SymmetricEigenTests
{
    public static TheoryData<int> Sizes => [.. Enumerable.Range(1, 20), 33, 64, 100];

    [Theory]
    [MemberData(nameof(Sizes))]
    public void Random_matrices_come_back(int size)
    {
        var random = new Random(size);
        Check(size, (i, j) => (random.NextDouble() - 0.5) * (1 + i + j));
    }

    [Theory]
    [MemberData(nameof(Sizes))]
    public void So_do_matrices_that_are_hard_to_take_apart(int size)
    {
        Check(size, (_, _) => 0);
        Check(size, (i, j) => i == j ? 3 : 0);
        Check(size, (i, j) => i == j ? i - 2 : 0);
        Check(size, (_, _) => 1);
        Check(size, (i, j) => Math.Abs(i - j) == 1 ? 1 : 0);
        // Eigenvalues over twenty orders of magnitude.
        Check(size, (i, j) => i == j ? Math.Pow(10, -20.0 * i / size) : 1e-12 / (1 + i + j));
        Check(size, (i, j) => 1e150 / (1 + i + j));
        Check(size, (i, j) => 1e-150 / (1 + i + j));
    }

    private static unsafe void Check(int size, Func<int, int, double> element)
    {
        double[] matrix = new double[size * size];
        for (int i = 0; i < size; i++)
        {
            for (int j = 0; j <= i; j++)
                matrix[(i * size) + j] = matrix[(j * size) + i] = element(i, j);
        }

        double[] values = new double[size],
            vectors = new double[size * size],
            work = new double[SymmetricEigen.WorkLength(size)],
            room = [.. matrix];
        fixed (
            double* ms = room,
                ls = values,
                vs = vectors,
                ws = work
        )
            SymmetricEigen.Run(size, ms, ls, vs, ws);
        double largest = matrix.Max(Math.Abs);
        for (int i = 0; i < size; i++)
        {
            for (int j = 0; j < size; j++)
            {
                (double dot, double back) = (0, 0);
                for (int k = 0; k < size; k++)
                {
                    dot += vectors[(i * size) + k] * vectors[(j * size) + k];
                    back += values[k] * vectors[(k * size) + i] * vectors[(k * size) + j];
                }

                // A rounding for each of some reflections and rotations that an element takes part in.
                Assert.Equal(i == j ? 1 : 0, dot, 1e-14 * size);
                Assert.True(
                    Math.Abs(matrix[(i * size) + j] - back) <= 1e-14 * size * largest,
                    $"{i} {j} of {size}: {back}"
                );
            }
        }
    }
}
