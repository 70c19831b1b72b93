using System.Collections.Immutable;
using System.Numerics;
using System.Numerics.Tensors;

namespace Evenkeel.Diagnostics.Jacobians;

/// <summary>
/// Singular values by one-sided Jacobi rotations (Hestenes 1958): pairs of rows are rotated until all are orthogonal, and then their lengths are the
/// singular values. Slower than bidiagonalisation, but small values keep their digits (Demmel and Veselic 1992), and it is the whole algorithm.
/// </summary>
internal static class SingularValues
{
    // Convergence is quadratic, and takes some 10 sweeps; more than 60 have never been seen.
    private const int MaxSweeps = 60;

    // Rows are orthogonal when their cosine is that of rounding: a dot product of n terms errs by about sqrt(n) * 1e-16.
    private const double Cosine = 1e-15;

    /// <summary>The singular values of a matrix, the largest first.</summary>
    /// <param name="rows">Rows of equal length; overwritten.</param>
    public static ImmutableArray<double> Of(double[][] rows)
    {
        // As many values as the shorter side is long.
        double[][] vectors = rows.Length <= rows[0].Length ? rows : Transposed(rows);
        double scale = vectors.Max(v => Math.Abs(TensorPrimitives.MaxMagnitude<double>(v)));
        if (scale == 0)
            return [.. new double[vectors.Length]];
        // Squares of values that have vanished over many layers are 0 otherwise.
        foreach (double[] vector in vectors)
            TensorPrimitives.Divide(vector, scale, vector);
        Orthogonalize(vectors);
        return [.. vectors.Select(v => scale * Math.Sqrt(TensorPrimitives.SumOfSquares<double>(v))).OrderDescending()];
    }

    private static void Orthogonalize(double[][] vectors)
    {
        // What is rounding beside the largest is not turned any more.
        double largest = vectors.Max(v => TensorPrimitives.SumOfSquares<double>(v)),
            negligible = largest * 1e-34;
        bool turned = true;
        for (int sweep = 0; turned && sweep < MaxSweeps; sweep++)
        {
            turned = false;
            for (int i = 0; i < vectors.Length; i++)
            {
                for (int j = i + 1; j < vectors.Length; j++)
                    turned |= Turn(vectors[i], vectors[j], negligible);
            }
        }
    }

    // Golub and Van Loan, Matrix Computations, section 8.6.3.
    private static bool Turn(double[] x, double[] y, double negligible)
    {
        double xx = TensorPrimitives.SumOfSquares<double>(x),
            yy = TensorPrimitives.SumOfSquares<double>(y),
            xy = TensorPrimitives.Dot<double>(x, y);
        if (!(Math.Abs(xy) > Cosine * Math.Sqrt(xx * yy)) || Math.Min(xx, yy) <= negligible)
            return false;
        double zeta = (yy - xx) / (2 * xy),
            tangent = Math.CopySign(1 / (Math.Abs(zeta) + double.Hypot(1, zeta)), zeta),
            cosine = 1 / double.Hypot(1, tangent),
            sine = cosine * tangent;
        int whole = x.Length - (x.Length % Vector<double>.Count);
        for (int i = 0; i < whole; i += Vector<double>.Count)
        {
            var (a, b) = (new Vector<double>(x, i), new Vector<double>(y, i));
            ((cosine * a) - (sine * b)).CopyTo(x, i);
            ((sine * a) + (cosine * b)).CopyTo(y, i);
        }

        for (int i = whole; i < x.Length; i++)
            (x[i], y[i]) = ((cosine * x[i]) - (sine * y[i]), (sine * x[i]) + (cosine * y[i]));
        return true;
    }

    private static double[][] Transposed(double[][] rows) =>
        [.. Enumerable.Range(0, rows[0].Length).Select(column => Array.ConvertAll(rows, row => row[column]))];
}
