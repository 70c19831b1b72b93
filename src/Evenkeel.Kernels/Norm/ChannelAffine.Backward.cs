using Evenkeel.Kernels.Elementwise;
using Evenkeel.Kernels.Threading;

namespace Evenkeel.Kernels.Norm;

public static unsafe partial class ChannelAffine
{
    /// <summary>
    /// Gradients: d = dy * g', dx = d * scale, dscale = sum(d * x), dshift = sum(d). With no rows the sums are zero.
    /// </summary>
    /// <param name="pool">The threads to use.</param>
    /// <param name="act">The activation g of the forward pass.</param>
    /// <param name="rows">Values per channel, 0 or more.</param>
    /// <param name="channels">Channels, 1 or more.</param>
    /// <param name="x">[rows, channels]: the input of the forward pass.</param>
    /// <param name="y">Its output; read only if <c>TAct.GradientUsesOutput</c>, may be empty otherwise.</param>
    /// <param name="dy">[rows, channels].</param>
    /// <param name="scale">[channels].</param>
    /// <param name="shift">[channels].</param>
    /// <param name="dx">Receives [rows, channels]; may be <paramref name="dy"/>.</param>
    /// <param name="dscale">Receives [channels].</param>
    /// <param name="dshift">Receives [channels].</param>
    /// <exception cref="ArgumentException">A size does not fit, or dx overlaps an input without being the same memory.</exception>
    public static void Backward<TAct>(
        WorkerPool pool,
        TAct act,
        int rows,
        int channels,
        ReadOnlySpan<float> x,
        ReadOnlySpan<float> y,
        ReadOnlySpan<float> dy,
        ReadOnlySpan<float> scale,
        ReadOnlySpan<float> shift,
        Span<float> dx,
        Span<float> dscale,
        Span<float> dshift
    )
        where TAct : struct, IActivation
    {
        ArgumentNullException.ThrowIfNull(pool);
        NormArguments.CheckBackward<TAct>(rows, channels, channels, x, y, dy, dx);
        NormArguments.CheckVector(channels, scale.Length);
        NormArguments.CheckVector(channels, shift.Length);
        NormArguments.CheckVector(channels, dscale.Length);
        NormArguments.CheckVector(channels, dshift.Length);
        if (rows == 0)
        {
            dscale.Clear();
            dshift.Clear();
            return;
        }

        NormPlan plan = NormPlan.For(rows, channels, BatchNorm.BackwardInputs<TAct>());
        Backward(pool, plan, act, x, y, dy, scale, shift, dx, dscale, dshift);
    }

    internal static void Backward<TAct>(
        WorkerPool pool,
        in NormPlan plan,
        TAct act,
        ReadOnlySpan<float> x,
        ReadOnlySpan<float> y,
        ReadOnlySpan<float> dy,
        ReadOnlySpan<float> scale,
        ReadOnlySpan<float> shift,
        Span<float> dx,
        Span<float> dscale,
        Span<float> dshift
    )
        where TAct : struct, IActivation
    {
        var workspace = new NormWorkspace(pool, plan);
        Coefficients.Affine(scale, shift, workspace);
        fixed (
            float* px = x,
                py = y,
                pdy = dy,
                pdx = dx
        )
        {
            var matrices = new GradientMatrices(px, py, pdy, pdx, plan.OutputStride);
            GradientSumsWork<TAct, ScaledGradient>.RunAll(pool, plan, act, matrices, workspace);
        }

        for (int c = 0; c < plan.Channels; c++)
        {
            dscale[c] = (float)workspace.Second[c];
            dshift[c] = (float)workspace.First[c];
        }
    }
}
