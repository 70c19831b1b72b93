using Evenkeel.Kernels.Resizing;

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
