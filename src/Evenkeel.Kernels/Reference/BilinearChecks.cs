using Evenkeel.Kernels.Resizing;
using Evenkeel.Kernels.Threading;

namespace Evenkeel.Kernels.Reference;

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
