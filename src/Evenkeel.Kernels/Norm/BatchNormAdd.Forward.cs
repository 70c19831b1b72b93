using Evenkeel.Kernels.Elementwise;
using Evenkeel.Kernels.Threading;

namespace Evenkeel.Kernels.Norm;

public static unsafe partial class BatchNormAdd
{
    private const int ForwardInputs = 2;

    /// <summary>y = g(gamma * (x - mean) / sqrt(variance + epsilon) + beta + residual).</summary>
    /// <param name="pool">The threads to use.</param>
    /// <param name="act">The activation g.</param>
    /// <param name="rows">Values per channel, 0 or more.</param>
    /// <param name="channels">Channels, 1 or more.</param>
    /// <param name="x">[rows, channels].</param>
    /// <param name="gamma">[channels].</param>
    /// <param name="beta">[channels].</param>
    /// <param name="epsilon">Added to the variance; 0 or more.</param>
    /// <param name="mean">[channels].</param>
    /// <param name="variance">[channels], biased.</param>
    /// <param name="residual">[rows, channels].</param>
    /// <param name="y">Receives [rows, channels]; may be <paramref name="x"/> or <paramref name="residual"/>.</param>
    /// <exception cref="ArgumentException">A size does not fit, or y overlaps an input without being the same memory.</exception>
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
        ReadOnlySpan<float> residual,
        Span<float> y
    )
        where TAct : struct, IActivation
    {
        ArgumentNullException.ThrowIfNull(pool);
        NormArguments.CheckShape(rows, channels);
        NormArguments.CheckMatrix(rows, channels, x.Length);
        NormArguments.CheckMatrix(rows, channels, residual.Length);
        NormArguments.CheckMatrix(rows, channels, y.Length);
        NormArguments.CheckNorm(channels, gamma, beta, mean, variance);
        NormArguments.CheckEpsilon(epsilon);
        NormArguments.CheckOverlap(x, y);
        NormArguments.CheckOverlap(residual, y);
        if (rows == 0)
            return;
        NormPlan plan = NormPlan.For(rows, channels, ForwardInputs);
        Forward(pool, plan, act, x, gamma, beta, epsilon, mean, variance, residual, y);
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
        ReadOnlySpan<float> residual,
        Span<float> y
    )
        where TAct : struct, IActivation
    {
        var workspace = new NormWorkspace(pool, plan);
        fixed (
            float* px = x,
                pg = gamma,
                pb = beta,
                pr = residual,
                py = y
        )
        fixed (
            double* pm = mean,
                pv = variance
        )
        {
            Coefficients.Forward(new NormStatistics(pm, pv, epsilon), pg, pb, plan.Channels, workspace);
            NormalizeWork.RunAll(pool, plan, act, new ResidualAddend(pr), px, py, workspace);
        }
    }
}
