using Evenkeel.Kernels.Norm;
using Evenkeel.Kernels.Threading;

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

/// <summary>Local response normalisation on this machine.</summary>
internal static class LocalResponseNormChecks
{
    private const int Rows = 50;
    private const float Alpha = 0.8f;

    // A few squares, two roots (or a power) and a division: about ten roundings of 6e-8 of values of about 1.
    private const double Tolerance = 2e-6;

    /// <summary>The exponent with a fast path, another, an even window and a row that fills no register.</summary>
    public static IEnumerable<KernelCheck> All =>
        [Of(64, 5, 0.75f), Of(97, 4, 0.75f), Of(97, 5, 0.6f), Of(3, 5, 0.75f)];

    private static KernelCheck Of(int channels, int size, float beta) =>
        new(
            $"LocalResponseNorm {size}, beta {beta}",
            $"{Rows}x{channels}",
            pool => new KernelCheckResult(Error(pool, channels, size, beta), Tolerance)
        );

    private static double Error(WorkerPool pool, int channels, int size, float beta)
    {
        float[] x = CheckValues.Uniform(Rows * channels, 1);
        float[] dy = CheckValues.Uniform(x.Length, 2);
        float[] y = new float[x.Length];
        float[] dx = new float[x.Length];
        var window = new ResponseWindow(size, Alpha, beta, 1);
        LocalResponseNorm.Forward(pool, Rows, channels, window, x, y);
        LocalResponseNorm.Backward(pool, Rows, channels, window, x, y, dy, dx);
        return Math.Max(
            BatchNormCase.Error(
                y,
                LocalResponseNormReference.Forward(channels, size, Alpha, beta, 1, BatchNormCase.Doubles(x))
            ),
            BatchNormCase.Error(
                dx,
                LocalResponseNormReference.Backward(
                    channels,
                    size,
                    Alpha,
                    beta,
                    1,
                    BatchNormCase.Doubles(x),
                    BatchNormCase.Doubles(dy)
                )
            )
        );
    }
}
