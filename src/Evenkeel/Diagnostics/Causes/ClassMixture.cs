namespace Evenkeel.Diagnostics.Causes;

/// <summary>Least squares of a gap on the classes' own offsets.</summary>
internal static class ClassMixture
{
    // The classes' offsets are dependent: weighted by their examples they add up to nothing. This much keeps the system regular.
    private const double Ridge = 1e-6;

    /// <summary>Share of the gap's sum of squares that a combination of the classes' offsets explains, 0 to 1.</summary>
    /// <param name="gap">[n].</param>
    /// <param name="offsets">Of each class, [n].</param>
    public static double Explained(double[] gap, IReadOnlyList<double[]> offsets)
    {
        double total = Dot(gap, gap);
        if (total == 0 || offsets.Count == 0)
            return 0;
        int n = offsets.Count;
        double[,] system = new double[n, n + 1];
        double trace = Math.Max(double.Epsilon, offsets.Sum(o => Dot(o, o)));
        for (int i = 0; i < n; i++)
        {
            for (int j = 0; j < n; j++)
                system[i, j] = Dot(offsets[i], offsets[j]) + (i == j ? Ridge * trace : 0);
            system[i, n] = Dot(offsets[i], gap);
        }

        double[] weights = Solve(system, n);
        double left = 0;
        for (int k = 0; k < gap.Length; k++)
        {
            double rest = gap[k] - offsets.Select((o, i) => weights[i] * o[k]).Sum();
            left += rest * rest;
        }

        return Math.Clamp(1 - (left / total), 0, 1);
    }

    // Gauss's elimination; the system is symmetric and positive, so that no pivot is chosen.
    private static double[] Solve(double[,] system, int n)
    {
        for (int pivot = 0; pivot < n; pivot++)
        {
            for (int row = pivot + 1; row < n; row++)
            {
                double factor = system[row, pivot] / system[pivot, pivot];
                for (int column = pivot; column <= n; column++)
                    system[row, column] -= factor * system[pivot, column];
            }
        }

        double[] solution = new double[n];
        for (int row = n - 1; row >= 0; row--)
        {
            double rest = system[row, n];
            for (int column = row + 1; column < n; column++)
                rest -= system[row, column] * solution[column];
            solution[row] = rest / system[row, row];
        }

        return solution;
    }

    private static double Dot(double[] a, double[] b) => a.Zip(b, (x, y) => x * y).Sum();
}
