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
