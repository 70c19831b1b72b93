namespace Evenkeel.Kernels.Reference;

/// <summary>Local response normalisation in plain loops and double precision.</summary>
public static class LocalResponseNormReference
{
    /// <summary>y = x / s^beta.</summary>
    public static double[] Forward(int channels, int size, double alpha, double beta, double k, double[] x) =>
        [.. x.Select((v, i) => v * Math.Pow(Scale(channels, size, alpha, k, x, i), -beta))];

    /// <summary>The derivative of every output with respect to every input of its window.</summary>
    public static double[] Backward(
        int channels,
        int size,
        double alpha,
        double beta,
        double k,
        double[] x,
        double[] dy
    )
    {
        double[] dx = new double[x.Length];
        for (int i = 0; i < x.Length; i++)
        {
            double s = Scale(channels, size, alpha, k, x, i);
            dx[i] += dy[i] * Math.Pow(s, -beta);
            foreach (int j in Window(channels, size, i))
                dx[j] -= dy[i] * x[i] * beta * Math.Pow(s, -beta - 1) * 2 * alpha / size * x[j];
        }

        return dx;
    }

    private static double Scale(int channels, int size, double alpha, double k, double[] x, int i) =>
        k + (alpha / size * Window(channels, size, i).Sum(j => x[j] * x[j]));

    private static IEnumerable<int> Window(int channels, int size, int i)
    {
        int row = i / channels * channels;
        int first = Math.Max(row, i - (size / 2));
        int last = Math.Min(row + channels - 1, i + ((size - 1) / 2));
        return Enumerable.Range(first, last - first + 1);
    }
}
