using Evenkeel.Kernels.Elementwise;
using Evenkeel.Kernels.Threading;

namespace Evenkeel.Kernels.Norm;

public static unsafe partial class BatchNormAdd
{
    private const int BackwardInputs = 3;

    /// <summary>
    /// Gradients through the activation, the sum and the normalisation, batch statistics included:
    /// dresidual = d = dy * g' (from y), dbeta = sum(d), dgamma = sum(d * xhat),
    /// dx = gamma / (m * sqrt(variance + epsilon)) * (m * d - dbeta - xhat * dgamma)
    /// (Ioffe &amp; Szegedy 2015, section 3, in compact form). With no rows dgamma and dbeta are zero.
    /// </summary>
    /// <param name="pool">The threads to use.</param>
    /// <param name="act">The activation g: one whose output tells its gradient, as Identity, Relu, LeakyRelu or Sigmoid.</param>
    /// <param name="rows">Values per channel m, 0 or more.</param>
    /// <param name="channels">Channels, 1 or more.</param>
    /// <param name="x">[rows, channels]: the input of the forward pass.</param>
    /// <param name="y">[rows, channels]: its output.</param>
    /// <param name="dy">[rows, channels].</param>
    /// <param name="gamma">[channels].</param>
    /// <param name="beta">[channels].</param>
    /// <param name="epsilon">As in the forward pass.</param>
    /// <param name="mean">[channels]: the mean of x.</param>
    /// <param name="variance">[channels]: the biased variance of x.</param>
    /// <param name="dx">Receives [rows, channels]; may be <paramref name="dy"/> if dresidual is not.</param>
    /// <param name="dgamma">Receives [channels].</param>
    /// <param name="dbeta">Receives [channels].</param>
    /// <param name="dresidual">Receives [rows, channels]; may be <paramref name="dy"/>; apart from dx.</param>
    /// <exception cref="ArgumentException">
    /// A size does not fit, an output overlaps other memory than it may, or g' does not follow from y.
    /// </exception>
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
        Span<float> dbeta,
        Span<float> dresidual
    )
        where TAct : struct, IActivation
    {
        ArgumentNullException.ThrowIfNull(pool);
        NormArguments.CheckBackward<FromOutput<TAct>>(rows, channels, channels, x, y, dy, dx);
        NormArguments.CheckBackward<FromOutput<TAct>>(rows, channels, channels, x, y, dy, dresidual);
        if (x.Overlaps(dresidual) || dx.Overlaps(dresidual))
            throw new ArgumentException("dresidual overlaps x or dx; use memory of its own.", nameof(dresidual));
        NormArguments.CheckNorm(channels, gamma, beta, mean, variance);
        NormArguments.CheckVector(channels, dgamma.Length);
        NormArguments.CheckVector(channels, dbeta.Length);
        NormArguments.CheckEpsilon(epsilon);
        FromOutput<TAct> slope = FromOutput<TAct>.Require(act);
        if (rows == 0)
        {
            dgamma.Clear();
            dbeta.Clear();
            return;
        }

        NormPlan plan = NormPlan.For(rows, channels, BackwardInputs);
        Backward(pool, plan, slope, x, y, dy, gamma, beta, epsilon, mean, variance, dx, dgamma, dbeta, dresidual);
    }

    internal static void Backward<TAct>(
        WorkerPool pool,
        in NormPlan plan,
        FromOutput<TAct> act,
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
        Span<float> dbeta,
        Span<float> dresidual
    )
        where TAct : struct, IActivation
    {
        var workspace = new NormWorkspace(pool, plan);
        fixed (
            float* px = x,
                py = y,
                pdy = dy,
                pdx = dx,
                pr = dresidual,
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
            // The gradient in front of the sum is an output itself: the second pass reads it instead of y and dy.
            var statistics = new NormStatistics(pm, pv, epsilon);
            var sums = new GradientMatrices(px, py, pdy, pr, plan.OutputStride);
            var rest = new GradientMatrices(px, null, pr, pdx, plan.OutputStride);
            Coefficients.Forward(statistics, pg, pb, plan.Channels, workspace);
            GradientSumsWork<FromOutput<TAct>, KeptGradient>.RunAll(pool, plan, act, sums, workspace);
            Coefficients.Backward(statistics, plan, workspace, pdg, pdb);
            InputGradientWork.RunAll(pool, plan, default(Identity), rest, workspace);
        }
    }
}
