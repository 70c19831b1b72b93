using Evenkeel.Kernels.Elementwise;
using Evenkeel.Kernels.Threading;

namespace Evenkeel.Kernels.Norm;

public static unsafe partial class ChannelAffine
{
    /// <summary>y = g(scale * x + shift), with one rounding before g.</summary>
    /// <param name="pool">The threads to use.</param>
    /// <param name="act">The activation g.</param>
    /// <param name="rows">Values per channel, 0 or more.</param>
    /// <param name="channels">Channels, 1 or more.</param>
    /// <param name="x">[rows, channels].</param>
    /// <param name="scale">[channels].</param>
    /// <param name="shift">[channels].</param>
    /// <param name="y">Receives [rows, channels]; may be <paramref name="x"/>.</param>
    /// <exception cref="ArgumentException">A size does not fit, or y overlaps x without being the same memory.</exception>
    public static void Forward<TAct>(
        WorkerPool pool,
        TAct act,
        int rows,
        int channels,
        ReadOnlySpan<float> x,
        ReadOnlySpan<float> scale,
        ReadOnlySpan<float> shift,
        Span<float> y
    )
        where TAct : struct, IActivation
    {
        ArgumentNullException.ThrowIfNull(pool);
        NormArguments.CheckShape(rows, channels);
        NormArguments.CheckMatrix(rows, channels, x.Length);
        NormArguments.CheckMatrix(rows, channels, y.Length);
        NormArguments.CheckVector(channels, scale.Length);
        NormArguments.CheckVector(channels, shift.Length);
        NormArguments.CheckOverlap(x, y);
        if (rows > 0)
            Forward(pool, NormPlan.For(rows, channels, 1), act, x, scale, shift, y);
    }

    internal static void Forward<TAct>(
        WorkerPool pool,
        in NormPlan plan,
        TAct act,
        ReadOnlySpan<float> x,
        ReadOnlySpan<float> scale,
        ReadOnlySpan<float> shift,
        Span<float> y
    )
        where TAct : struct, IActivation
    {
        var workspace = new NormWorkspace(pool, plan);
        Coefficients.Affine(scale, shift, workspace);
        fixed (
            float* px = x,
                py = y
        )
            NormalizeWork.RunAll(pool, plan, act, px, py, workspace);
    }
}
