using Evenkeel.Kernels.Elementwise;
using Evenkeel.Kernels.Threading;

namespace Evenkeel.Kernels.Norm;

public static unsafe partial class FrozenBatchNorm
{
    /// <summary>y = g(gamma * (x - mean) / sqrt(variance + epsilon) + beta) with given statistics.</summary>
    /// <param name="pool">The threads to use.</param>
    /// <param name="act">The activation g.</param>
    /// <param name="rows">Values per channel, 0 or more.</param>
    /// <param name="channels">Channels, 1 or more.</param>
    /// <param name="x">[rows, channels].</param>
    /// <param name="gamma">[channels].</param>
    /// <param name="beta">[channels].</param>
    /// <param name="epsilon">Added to the variance; 0 or more.</param>
    /// <param name="mean">[channels].</param>
    /// <param name="variance">[channels]: where both variance and epsilon are 0 the output is g(beta).</param>
    /// <param name="y">Receives [rows, channels]; may be <paramref name="x"/>.</param>
    /// <exception cref="ArgumentException">A size does not fit, or y overlaps x without being the same memory.</exception>
    public static void Forward<TAct>(
        WorkerPool pool,
        TAct act,
        int rows,
        int channels,
        ReadOnlySpan<float> x,
        ReadOnlySpan<float> gamma,
        ReadOnlySpan<float> beta,
        float epsilon,
        ReadOnlySpan<double> mean,
        ReadOnlySpan<double> variance,
        Span<float> y
    )
        where TAct : struct, IActivation
    {
        NormArguments.CheckShape(rows, channels);
        NormArguments.CheckMatrix(rows, channels, x.Length);
        NormArguments.CheckMatrix(rows, channels, y.Length);
        Forward(pool, act, rows, channels, x, gamma, beta, epsilon, mean, variance, y, channels);
    }

    /// <summary>
    /// The same into a slice of a wider matrix, as where branches are concatenated: row i of y begins at float i * yStride.
    /// What lies between the rows is left alone.
    /// </summary>
    /// <param name="pool">The threads to use.</param>
    /// <param name="act">The activation g.</param>
    /// <param name="rows">Values per channel, 0 or more.</param>
    /// <param name="channels">Channels, 1 or more.</param>
    /// <param name="x">[rows, channels].</param>
    /// <param name="gamma">[channels].</param>
    /// <param name="beta">[channels].</param>
    /// <param name="epsilon">Added to the variance; 0 or more.</param>
    /// <param name="mean">[channels].</param>
    /// <param name="variance">[channels]: where both variance and epsilon are 0 the output is g(beta).</param>
    /// <param name="y">Receives the rows, from the first of the slice's channels on; apart from x unless dense.</param>
    /// <param name="yStride">Floats from one row of y to the next, at least <paramref name="channels"/>.</param>
    /// <exception cref="ArgumentException">A size does not fit, or y overlaps x without being the same memory.</exception>
    public static void Forward<TAct>(
        WorkerPool pool,
        TAct act,
        int rows,
        int channels,
        ReadOnlySpan<float> x,
        ReadOnlySpan<float> gamma,
        ReadOnlySpan<float> beta,
        float epsilon,
        ReadOnlySpan<double> mean,
        ReadOnlySpan<double> variance,
        Span<float> y,
        int yStride
    )
        where TAct : struct, IActivation
    {
        ArgumentNullException.ThrowIfNull(pool);
        NormArguments.CheckShape(rows, channels);
        NormArguments.CheckMatrix(rows, channels, x.Length);
        NormArguments.CheckRows(rows, channels, yStride, y.Length);
        NormArguments.CheckNorm(channels, gamma, beta, mean, variance);
        NormArguments.CheckEpsilon(epsilon);
        NormArguments.CheckOverlap(x, y, channels, yStride);
        if (rows > 0)
            Forward(pool, NormPlan.For(rows, channels, 1, yStride), act, x, gamma, beta, epsilon, mean, variance, y);
    }

    internal static void Forward<TAct>(
        WorkerPool pool,
        in NormPlan plan,
        TAct act,
        ReadOnlySpan<float> x,
        ReadOnlySpan<float> gamma,
        ReadOnlySpan<float> beta,
        float epsilon,
        ReadOnlySpan<double> mean,
        ReadOnlySpan<double> variance,
        Span<float> y
    )
        where TAct : struct, IActivation
    {
        var workspace = new NormWorkspace(pool, plan);
        fixed (
            float* px = x,
                pg = gamma,
                pb = beta,
                py = y
        )
        fixed (
            double* pm = mean,
                pv = variance
        )
        {
            Coefficients.Forward(new NormStatistics(pm, pv, epsilon), pg, pb, plan.Channels, workspace);
            NormalizeWork.RunAll(pool, plan, act, px, py, workspace);
        }
    }
}
