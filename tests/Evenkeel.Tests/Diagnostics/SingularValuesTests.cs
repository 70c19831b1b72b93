using System.Collections.Immutable;
using Evenkeel.Diagnostics.Jacobians;

namespace Evenkeel.Tests.Diagnostics;

public sealed class SingularValuesTests
{
    [Fact]
    public void Those_of_a_product_of_rotations_and_a_diagonal_are_the_diagonal()
    {
        var random = new Random(1);
        for (int trial = 0; trial < 30; trial++)
        {
            int rows = random.Next(1, 24),
                columns = random.Next(1, 24);
            double[] wanted =
            [
                .. Enumerable
                    .Range(0, Math.Min(rows, columns))
                    .Select(_ => Math.Pow(10, -3 * random.NextDouble()))
                    .OrderDescending(),
            ];
            double[][] matrix = [.. Enumerable.Range(0, rows).Select(_ => new double[columns])];
            for (int i = 0; i < wanted.Length; i++)
                matrix[i][i] = wanted[i];
            Rotate(matrix, random);
            double[][] transposed = Transposed(matrix);
            Rotate(transposed, random);
            Near(wanted, SingularValues.Of(transposed));
        }
    }

    // Bidiagonalisation errs by 1e-16 of the largest value, which is 1e-4 of the smallest one here. The product of all is the determinant.
    [Fact]
    public void Small_values_of_scaled_rows_keep_their_digits()
    {
        double[] scales = [1, 1e-6, 1e-12];
        var random = new Random(2);
        for (int trial = 0; trial < 20; trial++)
        {
            double[][] m = [.. scales.Select(s => (double[])[s * Draw(), s * Draw(), s * Draw()])];
            double determinant =
                (m[0][0] * ((m[1][1] * m[2][2]) - (m[1][2] * m[2][1])))
                - (m[0][1] * ((m[1][0] * m[2][2]) - (m[1][2] * m[2][0])))
                + (m[0][2] * ((m[1][0] * m[2][1]) - (m[1][1] * m[2][0])));
            ImmutableArray<double> found = SingularValues.Of(m);
            Assert.Equal(3, found.Length);
            // Cancellation in the determinant leaves 1e-12 of it where rows are within a tenth of a plane.
            Assert.InRange(found[0] * found[1] * found[2] / Math.Abs(determinant), 1 - 1e-12, 1 + 1e-12);
        }

        double Draw() => (2 * random.NextDouble()) - 1;
    }

    [Fact]
    public void A_matrix_of_low_rank_has_zeros_and_values_that_vanished_are_not_lost()
    {
        double[][] ones = [.. Enumerable.Range(0, 5).Select(_ => Enumerable.Repeat(1e-200, 8).ToArray())];
        ImmutableArray<double> found = SingularValues.Of(ones);
        Assert.InRange(found[0] / (1e-200 * Math.Sqrt(40)), 1 - 1e-14, 1 + 1e-14);
        Assert.All(found.Skip(1), value => Assert.InRange(value, 0, 1e-214));
        Assert.All(SingularValues.Of([new double[3], new double[3]]), value => Assert.Equal(0, value));
    }

    private static void Near(double[] expected, IReadOnlyList<double> actual)
    {
        Assert.Equal(expected.Length, actual.Count);
        // Rounding of some 20 rotations of each row: 1e-13 of the largest, which is at most 1.
        for (int i = 0; i < expected.Length; i++)
            Assert.Equal(expected[i], actual[i], 1e-13);
    }

    // Plane rotations of rows change no singular value.
    private static void Rotate(double[][] rows, Random random)
    {
        for (int turn = 0; turn < 3 * rows.Length && rows.Length > 1; turn++)
        {
            int i = random.Next(rows.Length),
                j = (i + random.Next(1, rows.Length)) % rows.Length;
            (double sine, double cosine) = Math.SinCos(random.NextDouble() * 2 * Math.PI);
            for (int k = 0; k < rows[i].Length; k++)
                (rows[i][k], rows[j][k]) = (
                    (cosine * rows[i][k]) - (sine * rows[j][k]),
                    (sine * rows[i][k]) + (cosine * rows[j][k])
                );
        }
    }

    private static double[][] Transposed(double[][] rows) =>
        [.. Enumerable.Range(0, rows[0].Length).Select(column => Array.ConvertAll(rows, row => row[column]))];
}
