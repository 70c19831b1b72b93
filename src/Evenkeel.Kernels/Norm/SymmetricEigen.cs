using System.Runtime.CompilerServices;

namespace Evenkeel.Kernels.Norm;

/// <summary>
/// Eigenvalues and eigenvectors of a symmetric matrix: Householder reflections to tridiagonal form, then implicit QR steps with Wilkinson's
/// shift (Golub and Van Loan, Matrix Computations, sections 8.3.1 to 8.3.3). Everything works on whole rows. Errors are of the size of
/// rounding of the largest eigenvalue.
/// </summary>
internal static unsafe class SymmetricEigen
{
    // Steps for each eigenvalue; two are usual.
    private const int MostSteps = 60;

    // Half of the distance from 1 to the next number.
    private const double Rounding = 1.1102230246251565e-16;

    // What is below it, of a matrix of elements up to 2, is rounding of rounding.
    private const double Tiny = Rounding * Rounding;

    /// <summary>Doubles of work space.</summary>
    public static int WorkLength(int size) => 2 * size;

    /// <summary>Decomposes a matrix.</summary>
    /// <param name="size">Rows.</param>
    /// <param name="matrix">[size, size], finite and symmetric; overwritten.</param>
    /// <param name="values">Receives the eigenvalues, in no order.</param>
    /// <param name="vectors">Receives [size, size]: row i is the eigenvector of value i, of length 1.</param>
    /// <param name="work">Room for <see cref="WorkLength"/> doubles.</param>
    /// <exception cref="InvalidOperationException">The steps do not converge, which no finite matrix is known to cause.</exception>
    public static void Run(int size, double* matrix, double* values, double* vectors, double* work)
    {
        double* beside = work;
        double scale = Scale(size, matrix);
        for (int k = 0; k + 2 < size; k++)
            beside[k] = Reflect(size, k, matrix, work + size);
        if (size > 1)
            beside[size - 2] = matrix[((nint)(size - 1) * size) + size - 2];
        for (int k = 0; k < size; k++)
            values[k] = matrix[((nint)k * size) + k];
        Unfold(size, matrix, vectors);
        Diagonalize(size, values, beside, vectors);
        for (int k = 0; k < size; k++)
            values[k] *= scale;
    }

    // Makes the largest element a number near 1, so that no square leaves the range, and returns the power of two that it divided by.
    private static double Scale(int size, double* matrix)
    {
        double largest = 0;
        for (nint i = 0; i < (nint)size * size; i++)
            largest = Math.Max(largest, Math.Abs(matrix[i]));
        if (largest == 0)
            return 1;
        double scale = Math.ScaleB(1, Math.ILogB(largest));
        for (nint i = 0; i < (nint)size * size; i++)
            matrix[i] /= scale;
        return scale;
    }

    // Makes row and column k tridiagonal and returns the element beside the diagonal. The reflector v stays in row k behind the diagonal, of length
    // sqrt(2), so that the reflection is I - v v^T; it is 0 where nothing is to be done.
    private static double Reflect(int size, int k, double* matrix, double* p)
    {
        double* v = matrix + ((nint)k * size) + k + 1;
        int length = size - k - 1;
        double tail = DoubleRows.Dot(v + 1, v + 1, length - 1);
        if (tail <= Tiny * Tiny)
        {
            double beside = v[0];
            new Span<double>(v, length).Clear();
            return beside;
        }

        double norm = Math.Sqrt((v[0] * v[0]) + tail),
            alpha = v[0] > 0 ? -norm : norm;
        v[0] -= alpha;
        double scale = Math.Sqrt(2 / ((v[0] * v[0]) + tail));
        for (int i = 0; i < length; i++)
            v[i] *= scale;
        double* rest = matrix + ((nint)(k + 1) * size) + k + 1;
        for (int i = 0; i < length; i++)
            p[i] = DoubleRows.Dot(rest + ((nint)i * size), v, length);
        DoubleRows.AddScaled(-0.5 * DoubleRows.Dot(p, v, length), v, p, length);
        for (int i = 0; i < length; i++)
        {
            DoubleRows.AddScaled(-v[i], p, rest + ((nint)i * size), length);
            DoubleRows.AddScaled(-p[i], v, rest + ((nint)i * size), length);
        }

        return alpha;
    }

    // The transpose of the product of all reflections, from the last one on: so far it is the identity in front of place k + 1.
    private static void Unfold(int size, double* matrix, double* vectors)
    {
        new Span<double>(vectors, size * size).Clear();
        for (int i = 0; i < size; i++)
            vectors[((nint)i * size) + i] = 1;
        for (int k = size - 3; k >= 0; k--)
        {
            double* v = matrix + ((nint)k * size) + k + 1;
            for (int i = k + 1; i < size; i++)
            {
                double* row = vectors + ((nint)i * size) + k + 1;
                DoubleRows.AddScaled(-DoubleRows.Dot(row, v, size - k - 1), v, row, size - k - 1);
            }
        }
    }

    private static void Diagonalize(int size, double* diagonal, double* beside, double* vectors)
    {
        int last = size - 1;
        for (int steps = 0; last > 0; steps++)
        {
            if (IsNothing(diagonal, beside, last - 1))
            {
                last--;
                steps = 0;
                continue;
            }

            if (steps >= MostSteps)
                throw new InvalidOperationException($"The eigenvalues of a {size} x {size} matrix were not found.");
            int first = last - 1;
            while (first > 0 && !IsNothing(diagonal, beside, first - 1))
                first--;
            Step(size, first, last, diagonal, beside, vectors);
        }
    }

    private static bool IsNothing(double* diagonal, double* beside, int k) =>
        Math.Abs(beside[k]) <= (Rounding * (Math.Abs(diagonal[k]) + Math.Abs(diagonal[k + 1]))) + Tiny;

    // One implicit QR step on rows first to last: a rotation, and others that chase what it leaves beside the band out of the matrix.
    [MethodImpl(HotMethods.Loop)]
    private static void Step(int size, int first, int last, double* diagonal, double* beside, double* vectors)
    {
        double half = (diagonal[last - 1] - diagonal[last]) / 2,
            off = beside[last - 1],
            shift = diagonal[last] - (off * off / (half + Math.CopySign(double.Hypot(half, off), half))),
            x = diagonal[first] - shift,
            z = beside[first];
        for (int k = first; k < last; k++)
        {
            double r = double.Hypot(x, z),
                c = r > 0 ? x / r : 1,
                s = r > 0 ? z / r : 0,
                a = diagonal[k],
                b = beside[k],
                g = diagonal[k + 1];
            diagonal[k] = (c * c * a) + (2 * c * s * b) + (s * s * g);
            diagonal[k + 1] = (s * s * a) - (2 * c * s * b) + (c * c * g);
            beside[k] = (c * s * (g - a)) + (((c * c) - (s * s)) * b);
            if (k > first)
                beside[k - 1] = r;
            if (k + 1 < last)
            {
                z = s * beside[k + 1];
                beside[k + 1] *= c;
            }

            x = beside[k];
            DoubleRows.Rotate(c, s, vectors + ((nint)k * size), vectors + ((nint)(k + 1) * size), size);
        }
    }
}
