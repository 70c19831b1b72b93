using Evenkeel.Kernels.Linear;
using Evenkeel.Kernels.Threading;

namespace Evenkeel.Kernels.Reference;

/// <summary>Column sums as the plain double loop in double precision.</summary>
public static class BiasGradientReference
{
    /// <summary>db[j] = sum over i of dy[i, j].</summary>
    public static double[] Sums(int channels, double[] dy)
    {
        double[] db = new double[channels];
        for (int i = 0; i < dy.Length; i++)
            db[i % channels] += dy[i];
        return db;
    }

    /// <summary>db[j] = sum over i of dy[i, j], and the sum of |dy[i, j]|, which rounding errors are in proportion to.</summary>
    public static void Run(int rows, int channels, ReadOnlySpan<float> dy, Span<double> db, Span<double> magnitude)
    {
        db.Clear();
        magnitude.Clear();
        for (int i = 0; i < rows; i++)
        {
            for (int j = 0; j < channels; j++)
            {
                db[j] += dy[(i * channels) + j];
                magnitude[j] += Math.Abs(dy[(i * channels) + j]);
            }
        }
    }
}

/// <summary>Checks of <see cref="BiasGradient"/>.</summary>
internal static class BiasGradientChecks
{
    // 64 floats in a row are added in float (64 units in the last place at worst), everything beyond in double; one more
    // rounding makes the result a float.
    private const double Tolerance = 65;

    /// <summary>The checks.</summary>
    internal static IEnumerable<KernelCheck> All =>
        new[] { (60, 100), (7, 10), (5000, 33), (40000, 64) }.Select(s => new KernelCheck(
            "BiasGradient",
            $"{s.Item1}x{s.Item2}",
            pool => Check(pool, s.Item1, s.Item2)
        ));

    private static KernelCheckResult Check(WorkerPool pool, int rows, int channels)
    {
        var random = new Random(1);
        float[] dy = new float[rows * channels];
        foreach (ref float value in dy.AsSpan())
            value = (2 * random.NextSingle()) - 1;
        float[] db = new float[channels];
        (double[] exact, double[] magnitude) = (new double[channels], new double[channels]);
        BiasGradient.Run(pool, rows, channels, dy, db);
        BiasGradientReference.Run(rows, channels, dy, exact, magnitude);
        double error = 0;
        for (int j = 0; j < channels; j++)
            error = Math.Max(error, Math.Abs(db[j] - exact[j]) / (magnitude[j] * Math.Pow(2, -24)));
        return new KernelCheckResult(error, Tolerance);
    }
}
