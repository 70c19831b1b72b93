using System.Numerics;

namespace Evenkeel.Kernels.Norm;

/// <summary>Combines the moments of the chunks of a reduction, in index order.</summary>
internal static unsafe class MomentsMerge
{
    /// <summary>
    /// Mean and biased variance of each channel out of the partial results in <paramref name="means"/> and
    /// <paramref name="m2s"/>. Works about the mean of the first, so it is exact where all means are equal.
    /// </summary>
    public static void Run(in NormPlan plan, double* means, double* m2s, double* mean, double* variance)
    {
        new Span<double>(mean, plan.Channels).Clear();
        new Span<double>(variance, plan.Channels).Clear();
        for (int p = 1; p < plan.Partials; p++)
            AddMeans(means + ((nint)p * plan.Channels), means, plan.RowsOf(p), mean, plan.Channels);
        double perRow = 1.0 / plan.Rows;
        for (int c = 0; c < plan.Channels; c++)
            mean[c] = means[c] + (mean[c] * perRow);
        for (int p = 0; p < plan.Partials; p++)
        {
            nint at = (nint)p * plan.Channels;
            AddSquares(means + at, m2s + at, plan.RowsOf(p), mean, variance, plan.Channels);
        }

        for (int c = 0; c < plan.Channels; c++)
            variance[c] *= perRow;
    }

    private static void AddMeans(double* part, double* origin, double rows, double* sum, int channels)
    {
        int c = 0;
        for (; c + Vector<double>.Count <= channels; c += Vector<double>.Count)
            (Vector.Load(sum + c) + ((Vector.Load(part + c) - Vector.Load(origin + c)) * rows)).Store(sum + c);
        for (; c < channels; c++)
            sum[c] += (part[c] - origin[c]) * rows;
    }

    private static void AddSquares(double* part, double* m2, double rows, double* mean, double* sum, int channels)
    {
        int c = 0;
        for (; c + Vector<double>.Count <= channels; c += Vector<double>.Count)
        {
            Vector<double> d = Vector.Load(part + c) - Vector.Load(mean + c);
            (Vector.Load(sum + c) + (Vector.Load(m2 + c) + (d * d * rows))).Store(sum + c);
        }

        for (; c < channels; c++)
        {
            double d = part[c] - mean[c];
            sum[c] += m2[c] + (d * d * rows);
        }
    }
}
