using Evenkeel.Kernels.Norm;

namespace Evenkeel.Kernels.Reference;

/// <summary>
/// Whitening matrices of one group and their gradients as functions of eigenvalues, which are found by Jacobi's rotations: f(S) = D f(L) D^T, and
/// the gradient of S is D (F o (D^T G D)) D^T with the divided differences F of f (Daleckii and Krein). Newton's iterations are a function of
/// eigenvalues too.
/// </summary>
public static class WhiteningReference
{
    // From the fifth on the number of right digits doubles.
    private const int Sweeps = 15;

    /// <summary>The whitening matrix of a covariance, [size, size].</summary>
    /// <param name="method">From a covariance to a whitening matrix.</param>
    /// <param name="size">Channels of the group.</param>
    /// <param name="smallest">What was added to the diagonal: the least that an eigenvalue counts as where eigenvalues are taken.</param>
    /// <param name="covariance">[size, size], symmetric.</param>
    public static double[] Whiten(WhiteningMethod method, int size, double smallest, double[] covariance)
    {
        double scale = ScaleOf(method, size, covariance);
        (double[] values, double[] vectors) = Decompose(method, size, smallest, [.. covariance.Select(v => v / scale)]);
        double[] roots = [.. values.Select(v => ValueOf(method, v) / Math.Sqrt(scale))],
            matrix = new double[size * size];
        for (int k = 0; k < size; k++)
        {
            for (int i = 0; i < matrix.Length; i++)
                matrix[i] += roots[k] * vectors[(k * size) + (i / size)] * vectors[(k * size) + (i % size)];
        }

        return matrix;
    }

    /// <summary>The gradient of a covariance from the symmetric gradient of its whitening matrix.</summary>
    /// <param name="method">From a covariance to a whitening matrix.</param>
    /// <param name="size">Channels of the group.</param>
    /// <param name="smallest">As for <see cref="Whiten"/>; the gradient is that of a covariance with such eigenvalues.</param>
    /// <param name="covariance">[size, size], symmetric.</param>
    /// <param name="gradient">[size, size], symmetric.</param>
    public static double[] Gradient(
        WhiteningMethod method,
        int size,
        double smallest,
        double[] covariance,
        double[] gradient
    )
    {
        double scale = ScaleOf(method, size, covariance);
        double[] normed = [.. covariance.Select(v => v / scale)];
        (double[] values, double[] vectors) = Decompose(method, size, smallest, normed);
        double[] transposed = Transposed(size, vectors),
            inside = Product(size, Product(size, vectors, gradient), transposed);
        for (int i = 0; i < inside.Length; i++)
            inside[i] *= DifferenceOf(method, values[i / size], values[i % size]) / Math.Sqrt(scale);
        double[] result = [.. Product(size, Product(size, transposed, inside), vectors).Select(v => v / scale)];
        if (method is ZcaWhitening)
            return result;
        // The trace is a factor of everything: it acts on N, and on the root behind.
        double ofNormed = result.Zip(normed, (a, b) => a * b).Sum(),
            ofRoot = gradient.Zip(Whiten(method, size, smallest, covariance), (a, b) => a * b).Sum() / (2 * scale);
        for (int i = 0; i < size; i++)
            result[(i * size) + i] -= ofNormed + ofRoot;
        return result;
    }

    private static double ScaleOf(WhiteningMethod method, int size, double[] covariance) =>
        method is ZcaWhitening ? 1 : Enumerable.Range(0, size).Sum(i => covariance[(i * size) + i]);

    private static double ValueOf(WhiteningMethod method, double value)
    {
        if (method is not IterativeWhitening newton)
            return 1 / Math.Sqrt(value);
        double p = 1;
        for (int k = 0; k < newton.Iterations; k++)
            p = 0.5 * ((3 * p) - (p * p * p * value));
        return p;
    }

    private static double DifferenceOf(WhiteningMethod method, double a, double b)
    {
        if (method is not IterativeWhitening newton)
        {
            (double first, double second) = (Math.Sqrt(a), Math.Sqrt(b));
            return -1 / (first * second * (first + second));
        }

        // That of p^3 x is that of p^3 times one x plus the other p^3.
        (double p, double q, double difference) = (1, 1, 0);
        for (int k = 0; k < newton.Iterations; k++)
        {
            double cubes = difference * ((p * p) + (p * q) + (q * q));
            difference = 0.5 * ((3 * difference) - ((cubes * a) + (q * q * q)));
            p = 0.5 * ((3 * p) - (p * p * p * a));
            q = 0.5 * ((3 * q) - (q * q * q * b));
        }

        return difference;
    }

    // Rows of vectors are eigenvectors. The covariance is a product of rounded numbers, so an eigenvalue can be smaller than what was added.
    private static (double[] Values, double[] Vectors) Decompose(
        WhiteningMethod method,
        int size,
        double smallest,
        double[] matrix
    )
    {
        double[] a = [.. matrix],
            vectors = new double[size * size];
        for (int i = 0; i < size; i++)
            vectors[(i * size) + i] = 1;
        for (int sweep = 0; sweep < Sweeps; sweep++)
        {
            for (int p = 0; p < size; p++)
            {
                for (int q = p + 1; q < size; q++)
                    Rotate(size, p, q, a, vectors);
            }
        }

        double least = method is ZcaWhitening ? smallest : double.NegativeInfinity;
        return ([.. Enumerable.Range(0, size).Select(i => Math.Max(a[(i * size) + i], least))], vectors);
    }

    // Makes the element (p, q) zero.
    private static void Rotate(int size, int p, int q, double[] a, double[] vectors)
    {
        double off = a[(p * size) + q];
        if (off == 0)
            return;
        double between = a[(q * size) + q] - a[(p * size) + p],
            theta = between == 0 ? Math.PI / 4 : 0.5 * Math.Atan(2 * off / between),
            c = Math.Cos(theta),
            s = Math.Sin(theta);
        for (int i = 0; i < size; i++)
            Turn(ref a[(p * size) + i], ref a[(q * size) + i], c, s);
        for (int i = 0; i < size; i++)
        {
            Turn(ref a[(i * size) + p], ref a[(i * size) + q], c, s);
            Turn(ref vectors[(p * size) + i], ref vectors[(q * size) + i], c, s);
        }
    }

    private static void Turn(ref double first, ref double second, double c, double s) =>
        (first, second) = ((c * first) - (s * second), (s * first) + (c * second));

    private static double[] Transposed(int size, double[] matrix) =>
        [.. Enumerable.Range(0, matrix.Length).Select(i => matrix[(i % size * size) + (i / size)])];

    private static double[] Product(int size, double[] a, double[] b) =>
        [
            .. Enumerable
                .Range(0, size * size)
                .Select(i =>
                {
                    double sum = 0;
                    for (int k = 0; k < size; k++)
                        sum += a[(i / size * size) + k] * b[(k * size) + (i % size)];
                    return sum;
                }),
        ];
}
