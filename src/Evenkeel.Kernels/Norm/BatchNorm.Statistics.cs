using Evenkeel.Kernels.Threading;

namespace Evenkeel.Kernels.Norm;

public static unsafe partial class BatchNorm
{
    /// <summary>Mean and biased variance of each channel; no output is touched when there are no rows.</summary>
    /// <param name="pool">The threads to use.</param>
    /// <param name="rows">Values per channel, 0 or more.</param>
    /// <param name="channels">Channels, 1 or more.</param>
    /// <param name="x">[rows, channels].</param>
    /// <param name="mean">Receives [channels].</param>
    /// <param name="variance">Receives [channels]: sum of squared deviations over rows.</param>
    /// <exception cref="ArgumentException">A size does not fit.</exception>
    public static void Statistics(
        WorkerPool pool,
        int rows,
        int channels,
        ReadOnlySpan<float> x,
        Span<double> mean,
        Span<double> variance
    )
    {
        ArgumentNullException.ThrowIfNull(pool);
        NormArguments.CheckShape(rows, channels);
        NormArguments.CheckMatrix(rows, channels, x.Length);
        NormArguments.CheckVector(channels, mean.Length);
        NormArguments.CheckVector(channels, variance.Length);
        if (rows > 0)
            Statistics(pool, NormPlan.For(rows, channels, ForwardInputs), x, mean, variance);
    }

    internal static void Statistics(
        WorkerPool pool,
        in NormPlan plan,
        ReadOnlySpan<float> x,
        Span<double> mean,
        Span<double> variance
    )
    {
        fixed (float* px = x)
        fixed (
            double* pm = mean,
                pv = variance
        )
            MomentsWork.RunAll(pool, plan, px, new NormWorkspace(pool, plan), new NormStatistics(pm, pv, 0));
    }
}
