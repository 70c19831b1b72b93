namespace Evenkeel.Kernels.Reference;

/// <summary>
/// Matrix products as the plain triple loop in double precision. Rounding errors are in proportion to the sum of |a| |b| over the terms of an
/// element, which is the result for the magnitudes of both operands.
/// </summary>
public static class MatrixProductReference
{
    /// <summary>y = x w, of [m, k] and [k, n].</summary>
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
            double sum = 0;
            for (int step = 0; step < s.Depth; step++)
                sum += a[(row * s.ARow) + (step * s.AStep)] * b[(step * s.BStep) + (column * s.BColumn)];
            c[i] = sum;
        }

        return c;
    }

    private readonly record struct Sizes(int Rows, int Depth, int Columns, int ARow, int AStep, int BStep, int BColumn);
}
