using Evenkeel.Kernels.Elementwise;
using Evenkeel.Kernels.Threading;

namespace Evenkeel.Kernels.Norm;

public static unsafe partial class FrozenBatchNorm
{
    /// <summary>
    /// Gradients with the statistics as constants: d = dy * g', dbeta = sum(d), dgamma = sum(d * xhat),
    /// dx = d * gamma / sqrt(variance + epsilon). With no rows dgamma and dbeta are zero.
    /// </summary>
    /// <param name="pool">The threads to use.</param>
    /// <param name="act">The activation g of the forward pass.</param>
    /// <param name="rows">Values per channel m, 0 or more.</param>
    /// <param name="channels">Channels, 1 or more.</param>
    /// <param name="x">[rows, channels]: the input of the forward pass.</param>
    /// <param name="y">Its output; read only if <c>TAct.GradientUsesOutput</c>, may be empty otherwise.</param>
    /// <param name="dy">[rows, channels].</param>
    /// <param name="gamma">[channels].</param>
    /// <param name="beta">[channels].</param>
    /// <param name="epsilon">As in the forward pass.</param>
    /// <param name="mean">[channels], as in the forward pass.</param>
    /// <param name="variance">[channels], as in the forward pass.</param>
    /// <param name="dx">Receives [rows, channels]; may be <paramref name="dy"/>.</param>
    /// <param name="dgamma">Receives [channels].</param>
    /// <param name="dbeta">Receives [channels].</param>
    /// <exception cref="ArgumentException">A size does not fit, or dx overlaps an input without being the same memory.</exception>
    public static void Backward<TAct>(
        WorkerPool pool,
        TAct act,
        int rows,
        int channels,
        ReadOnlySpan<float> x,
        ReadOnlySpan<float> y,
        ReadOnlySpan<float> dy,
        ReadOnlySpan<float> gamma,
        ReadOnlySpan<float> beta,
        float epsilon,
        ReadOnlySpan<double> mean,
        ReadOnlySpan<double> variance,
        Span<float> dx,
        Span<float> dgamma,
        Span<float> dbeta
    )
        where TAct : struct, IActivation
    {
        NormArguments.CheckShape(rows, channels);
        NormArguments.CheckMatrix(rows, channels, x.Length);
        NormArguments.CheckMatrix(rows, channels, dy.Length);
        if (TAct.GradientUsesOutput)
            NormArguments.CheckMatrix(rows, channels, y.Length);
        Backward(
            pool,
            act,
            rows,
            channels,
            x,
            y,
            dy,
            channels,
            gamma,
            beta,
            epsilon,
            mean,
            variance,
            dx,
            dgamma,
            dbeta
        );
    }

    /// <summary>
    /// The same where the output was written into a slice of a wider matrix: row i of dy, and of y, begins at float
    /// i * dyStride. x and dx are dense.
    /// </summary>
    /// <param name="pool">The threads to use.</param>
    /// <param name="act">The activation g of the forward pass.</param>
    /// <param name="rows">Values per channel m, 0 or more.</param>
    /// <param name="channels">Channels, 1 or more.</param>
    /// <param name="x">[rows, channels]: the input of the forward pass.</param>
    /// <param name="y">The output of the forward pass; read only if <c>TAct.GradientUsesOutput</c>, may be empty otherwise.</param>
    /// <param name="dy">The gradient of the rows, from the first of the slice's channels on.</param>
    /// <param name="dyStride">Floats from one row of dy (and of y) to the next, at least <paramref name="channels"/>.</param>
    /// <param name="gamma">[channels].</param>
    /// <param name="beta">[channels].</param>
    /// <param name="epsilon">As in the forward pass.</param>
    /// <param name="mean">[channels], as in the forward pass.</param>
    /// <param name="variance">[channels], as in the forward pass.</param>
    /// <param name="dx">Receives [rows, channels]; apart from dy and y unless they are dense.</param>
    /// <param name="dgamma">Receives [channels].</param>
    /// <param name="dbeta">Receives [channels].</param>
    /// <exception cref="ArgumentException">A size does not fit, or dx overlaps an input without being the same memory.</exception>
    public static void Backward<TAct>(
        WorkerPool pool,
        TAct act,
        int rows,
        int channels,
        ReadOnlySpan<float> x,
        ReadOnlySpan<float> y,
        ReadOnlySpan<float> dy,
        int dyStride,
        ReadOnlySpan<float> gamma,
        ReadOnlySpan<float> beta,
        float epsilon,
        ReadOnlySpan<double> mean,
        ReadOnlySpan<double> variance,
        Span<float> dx,
        Span<float> dgamma,
        Span<float> dbeta
    )
        where TAct : struct, IActivation
    {
        ArgumentNullException.ThrowIfNull(pool);
        NormArguments.CheckBackward<TAct>(rows, channels, dyStride, x, y, dy, dx);
        NormArguments.CheckNorm(channels, gamma, beta, mean, variance);
        NormArguments.CheckVector(channels, dgamma.Length);
        NormArguments.CheckVector(channels, dbeta.Length);
        NormArguments.CheckEpsilon(epsilon);
        if (rows == 0)
        {
            dgamma.Clear();
            dbeta.Clear();
            return;
        }

        NormPlan plan = NormPlan.For(rows, channels, BatchNorm.BackwardInputs<TAct>(), dyStride);
        Backward(pool, plan, act, x, y, dy, gamma, beta, epsilon, mean, variance, dx, dgamma, dbeta);
    }

    internal static void Backward<TAct>(
        WorkerPool pool,
        in NormPlan plan,
        TAct act,
        ReadOnlySpan<float> x,
        ReadOnlySpan<float> y,
        ReadOnlySpan<float> dy,
        ReadOnlySpan<float> gamma,
        ReadOnlySpan<float> beta,
        float epsilon,
        ReadOnlySpan<double> mean,
        ReadOnlySpan<double> variance,
        Span<float> dx,
        Span<float> dgamma,
        Span<float> dbeta
    )
        where TAct : struct, IActivation
    {
        var workspace = new NormWorkspace(pool, plan);
        fixed (
            float* px = x,
                py = y,
                pdy = dy,
                pdx = dx,
                pg = gamma,
                pb = beta,
                pdg = dgamma,
                pdb = dbeta
        )
        fixed (
            double* pm = mean,
                pv = variance
        )
        {
            var statistics = new NormStatistics(pm, pv, epsilon);
            var matrices = new GradientMatrices(px, py, pdy, pdx, plan.OutputStride);
            Coefficients.Forward(statistics, pg, pb, plan.Channels, workspace);
            GradientSumsWork<TAct, ScaledGradient>.RunAll(pool, plan, act, matrices, workspace);
            Coefficients.Backward(statistics, plan, workspace, pdg, pdb);
        }
    }
}
