using Evenkeel.Kernels.Resizing;
using Evenkeel.Kernels.Threading;

namespace Evenkeel.Kernels.Reference;

/// <summary>Linear resizing in double precision: each pixel made is a sum over the four around its place.</summary>
public static class BilinearReference
{
    /// <summary>y = x between its pixels.</summary>
    public static double[] Forward(LinearAxis rows, LinearAxis columns, int channels, double[] x)
    {
        int images = x.Length / (rows.Length * columns.Length * channels);
        double[] y = new double[images * rows.Made * columns.Made * channels];
        ForEachTerm(rows, columns, channels, y.Length, (from, to, weight) => y[to] += weight * x[from]);
        return y;
    }

    /// <summary>dx = the shares of dy.</summary>
    public static double[] Backward(LinearAxis rows, LinearAxis columns, int channels, double[] dy)
    {
        int images = dy.Length / (rows.Made * columns.Made * channels);
        double[] dx = new double[images * rows.Length * columns.Length * channels];
        ForEachTerm(rows, columns, channels, dy.Length, (from, to, weight) => dx[from] += weight * dy[to]);
        return dx;
    }

    private static void ForEachTerm(
        LinearAxis rows,
        LinearAxis columns,
        int channels,
        int made,
        Action<int, int, double> term
    )
    {
        for (int to = 0; to < made; to++)
        {
            (int pixel, int channel) = Math.DivRem(to, channels);
            (int line, int column) = Math.DivRem(pixel, columns.Made);
            (int image, int row) = Math.DivRem(line, rows.Made);
            foreach ((int y, double high) in Around(rows, row))
            {
                foreach ((int x, double wide) in Around(columns, column))
                    term((((((image * rows.Length) + y) * columns.Length) + x) * channels) + channel, to, high * wide);
            }
        }
    }

    private static (int Place, double Weight)[] Around(LinearAxis axis, int i) =>
        [(axis.Low[i], 1.0 - axis.Share[i]), (axis.High[i], axis.Share[i])];
}

/// <summary>Checks of linear resizing on this machine.</summary>
internal static class BilinearChecks
{
    private const int Channels = 37;
    private static readonly double[] Rows = [-0.25, 0.5, 1.75, 2];
    private static readonly double[] Columns = [0, 0.4, 2.9, 3.5, 4];

    /// <summary>All of them: four products of numbers below 1, and sums.</summary>
    public static IEnumerable<KernelCheck> All => [new("Bilinear.Forward", "3x5x37", pool => new(Error(pool), 4e-7))];

    private static double Error(WorkerPool pool)
    {
        float[] x = CheckValues.Uniform(3 * 5 * Channels, 1),
            y = new float[Rows.Length * Columns.Length * Channels];
        Bilinear.Forward(pool, new LinearAxis(3, Rows), new LinearAxis(5, Columns), Channels, x, y);
        double error = 0;
        for (int i = 0; i < y.Length; i++)
        {
            double row = Math.Clamp(Rows[i / Channels / Columns.Length], 0, 2),
                column = Math.Clamp(Columns[i / Channels % Columns.Length], 0, 4),
                expected = 0;
            // A pixel's weight falls off in a straight line, to 0 at its neighbours.
            for (int pixel = 0; pixel < 15; pixel++)
                expected +=
                    Math.Max(0, 1 - Math.Abs((pixel / 5) - row))
                    * Math.Max(0, 1 - Math.Abs((pixel % 5) - column))
                    * x[(pixel * Channels) + (i % Channels)];
            error = Math.Max(error, Math.Abs(y[i] - expected));
        }

        return error;
    }
}
