using Evenkeel.Kernels.Linear;
using Evenkeel.Kernels.Threading;

namespace Evenkeel.Kernels.Reference;

/// <summary>
/// Matrix products as the plain triple loop in double precision. Beside each element it gives its magnitude, the sum of
/// |a| |b| over the terms: rounding errors are in proportion to that, not to the element, which may cancel.
/// </summary>
public static class MatrixProductReference
{
    /// <summary>y = x w + bias; an empty <paramref name="bias"/> stands for zero.</summary>
    public static void Forward(
        int m,
        int k,
        int n,
        ReadOnlySpan<float> x,
        ReadOnlySpan<float> w,
        ReadOnlySpan<float> bias,
        Span<double> y,
        Span<double> magnitude
    )
    {
        Multiply(new Sizes(m, k, n, k, 1, n, 1), x, w, y, magnitude);
        if (bias.IsEmpty)
            return;
        for (int i = 0; i < m * n; i++)
        {
            y[i] += bias[i % n];
            magnitude[i] += Math.Abs(bias[i % n]);
        }
    }

    /// <summary>dx = dy w^T.</summary>
    public static void GradientToInput(
        int m,
        int k,
        int n,
        ReadOnlySpan<float> dy,
        ReadOnlySpan<float> w,
        Span<double> dx,
        Span<double> magnitude
    ) => Multiply(new Sizes(m, n, k, n, 1, 1, n), dy, w, dx, magnitude);

    /// <summary>dw = x^T dy.</summary>
    public static void GradientToWeights(
        int m,
        int k,
        int n,
        ReadOnlySpan<float> x,
        ReadOnlySpan<float> dy,
        Span<double> dw,
        Span<double> magnitude
    ) => Multiply(new Sizes(k, m, n, 1, k, n, 1), x, dy, dw, magnitude);

    /// <summary>y = x w.</summary>
    public static double[] Forward(int m, int k, int n, double[] x, double[] w) =>
        Multiply(new Sizes(m, k, n, k, 1, n, 1), x, w);

    /// <summary>dx = dy w^T.</summary>
    public static double[] GradientToInput(int m, int k, int n, double[] dy, double[] w) =>
        Multiply(new Sizes(m, n, k, n, 1, 1, n), dy, w);

    /// <summary>dw = x^T dy.</summary>
    public static double[] GradientToWeights(int m, int k, int n, double[] x, double[] dy) =>
        Multiply(new Sizes(k, m, n, 1, k, n, 1), x, dy);

    private static double[] Multiply(in Sizes s, double[] a, double[] b)
    {
        double[] c = new double[s.Rows * s.Columns];
        for (int i = 0; i < c.Length; i++)
        {
            (int row, int column) = Math.DivRem(i, s.Columns);
            for (int step = 0; step < s.Depth; step++)
                c[i] += a[(row * s.ARow) + (step * s.AStep)] * b[(step * s.BStep) + (column * s.BColumn)];
        }

        return c;
    }

    private static void Multiply(
        in Sizes s,
        ReadOnlySpan<float> a,
        ReadOnlySpan<float> b,
        Span<double> c,
        Span<double> magnitude
    )
    {
        for (int i = 0; i < s.Rows; i++)
        {
            for (int j = 0; j < s.Columns; j++)
            {
                double sum = 0;
                double size = 0;
                for (int step = 0; step < s.Depth; step++)
                {
                    double left = a[(i * s.ARow) + (step * s.AStep)];
                    double term = left * b[(step * s.BStep) + (j * s.BColumn)];
                    sum += term;
                    size += Math.Abs(term);
                }

                c[(i * s.Columns) + j] = sum;
                magnitude[(i * s.Columns) + j] = size;
            }
        }
    }

    private readonly record struct Sizes(int Rows, int Depth, int Columns, int ARow, int AStep, int BStep, int BColumn);
}

/// <summary>Checks of the matrix products, one per product and shape, for each way that the kernels go by shape.</summary>
internal static class MatrixProductChecks
{
    // The roundings of a sum of d terms in order add up to d units in the last place of the sum of |a| |b| at worst, and to
    // about sqrt(d) for terms of random sign; four times that and a few for short sums is beyond chance, and far below
    // the loss of one term.
    private static readonly (int M, int K, int N)[] _shapes =
    [
        (60, 784, 100),
        (60, 100, 10),
        (3, 17, 33),
        (300, 130, 70),
        (2500, 40, 30),
    ];

    /// <summary>The checks.</summary>
    internal static IEnumerable<KernelCheck> All
    {
        get
        {
            foreach ((int m, int k, int n) in _shapes)
            {
                string shape = $"{m}x{k}x{n}";
                yield return new("MatrixProduct.ForwardWithBias", shape, pool => Forward(pool, m, k, n));
                yield return new("MatrixProduct.GradientToInput", shape, pool => ToInput(pool, m, k, n));
                yield return new("MatrixProduct.GradientToWeights", shape, pool => ToWeights(pool, m, k, n));
            }
        }
    }

    private static KernelCheckResult Forward(WorkerPool pool, int m, int k, int n)
    {
        (float[] x, float[] w, float[] bias) = (Values(m * k, 1), Values(k * n, 2), Values(n, 3));
        float[] y = new float[m * n];
        (double[] exact, double[] magnitude) = (new double[m * n], new double[m * n]);
        MatrixProduct.ForwardWithBias(pool, m, k, n, x, w, bias, y);
        MatrixProductReference.Forward(m, k, n, x, w, bias, exact, magnitude);
        return Compare(k, y, exact, magnitude);
    }

    private static KernelCheckResult ToInput(WorkerPool pool, int m, int k, int n)
    {
        (float[] dy, float[] w) = (Values(m * n, 1), Values(k * n, 2));
        float[] dx = new float[m * k];
        (double[] exact, double[] magnitude) = (new double[m * k], new double[m * k]);
        MatrixProduct.GradientToInput(pool, m, k, n, dy, w, dx);
        MatrixProductReference.GradientToInput(m, k, n, dy, w, exact, magnitude);
        return Compare(n, dx, exact, magnitude);
    }

    private static KernelCheckResult ToWeights(WorkerPool pool, int m, int k, int n)
    {
        (float[] x, float[] dy) = (Values(m * k, 1), Values(m * n, 2));
        float[] dw = new float[k * n];
        (double[] exact, double[] magnitude) = (new double[k * n], new double[k * n]);
        MatrixProduct.GradientToWeights(pool, m, k, n, x, dy, dw);
        MatrixProductReference.GradientToWeights(m, k, n, x, dy, exact, magnitude);
        return Compare(m, dw, exact, magnitude);
    }

    private static KernelCheckResult Compare(int depth, float[] fast, double[] exact, double[] magnitude)
    {
        double error = 0;
        for (int i = 0; i < fast.Length; i++)
        {
            // Math.Max passes NaN on, so a NaN cannot hide.
            double unit = Math.Max(magnitude[i], float.Epsilon) * Math.Pow(2, -24);
            error = Math.Max(error, Math.Abs(fast[i] - exact[i]) / unit);
        }

        return new KernelCheckResult(error, 8 + (4 * Math.Sqrt(depth)));
    }

    private static float[] Values(int count, int seed)
    {
        var random = new Random(seed);
        float[] values = new float[count];
        foreach (ref float value in values.AsSpan())
            value = (2 * random.NextSingle()) - 1;
        return values;
    }
}
