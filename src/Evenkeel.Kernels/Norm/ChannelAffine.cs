using Evenkeel.Kernels.Elementwise;
using Evenkeel.Kernels.Loops;
using Evenkeel.Kernels.Threading;

namespace Evenkeel.Kernels.Norm;

/// <summary>
/// y = g(scale * x + shift) per channel of dense [rows, channels] matrices: what batch normalisation becomes for inference
/// (Ioffe &amp; Szegedy 2015, Algorithm 2, lines 8 to 11).
/// </summary>
public static unsafe class ChannelAffine
{
    /// <summary>y = g(scale * x + shift), with one rounding before g.</summary>
    /// <param name="pool">The threads to use.</param>
    /// <param name="act">The activation g.</param>
    /// <param name="shape">The matrices.</param>
    /// <param name="x">[rows, channels].</param>
    /// <param name="scale">[channels].</param>
    /// <param name="shift">[channels].</param>
    /// <param name="y">Receives the output; may be <paramref name="x"/> if it is dense.</param>
    /// <exception cref="ArgumentException">A size does not fit, or y overlaps x without being the same memory.</exception>
    public static void Forward<TAct>(
        WorkerPool pool,
        TAct act,
        NormShape shape,
        ReadOnlySpan<float> x,
        ReadOnlySpan<float> scale,
        ReadOnlySpan<float> shift,
        Span<float> y
    )
        where TAct : struct, IActivation
    {
        ArgumentNullException.ThrowIfNull(pool);
        (int rows, int channels, int stride) = shape;
        MatrixArguments.CheckShape(rows, channels);
        MatrixArguments.CheckMatrix(rows, channels, x.Length);
        MatrixArguments.CheckStrided(rows, channels, stride, y.Length);
        MatrixArguments.CheckVector(channels, scale.Length);
        MatrixArguments.CheckVector(channels, shift.Length);
        MatrixArguments.CheckOverlap(x, y, channels, stride);
        if (rows == 0)
            return;
        NormPlan plan = NormPlan.For(shape, inputs: 1);
        using Scratch lent = NormWorkspace.Borrow(pool, plan);
        var workspace = new NormWorkspace(lent, plan);
        Coefficients.Affine(scale, shift, workspace);
        NormalizeWork.RunAll(pool, plan, act, x, y, workspace);
    }

    /// <summary>Gradients: d = dy * g', dx = d * scale, dscale = sum(d * x), dshift = sum(d).</summary>
    /// <param name="pool">The threads to use.</param>
    /// <param name="act">The activation g of the forward pass.</param>
    /// <param name="shape">The matrices.</param>
    /// <param name="inputs">x, y and dy.</param>
    /// <param name="scale">[channels].</param>
    /// <param name="shift">[channels].</param>
    /// <param name="gradients">Receives dx, dscale as dgamma, and dshift as dbeta.</param>
    /// <exception cref="ArgumentException">A size does not fit, or dx overlaps an input without being the same memory.</exception>
    public static void Backward<TAct>(
        WorkerPool pool,
        TAct act,
        NormShape shape,
        in NormBackwardInputs inputs,
        ReadOnlySpan<float> scale,
        ReadOnlySpan<float> shift,
        in NormGradientOutputs gradients
    )
        where TAct : struct, IActivation
    {
        ArgumentNullException.ThrowIfNull(pool);
        inputs.Check<TAct>(shape, gradients.Dx);
        MatrixArguments.CheckVector(shape.Channels, scale.Length);
        MatrixArguments.CheckVector(shape.Channels, shift.Length);
        gradients.Check(shape.Channels);
        if (shape.Rows == 0)
        {
            gradients.ClearSums();
            return;
        }

        NormPlan plan = NormPlan.ForBackward<TAct>(shape);
        using Scratch lent = NormWorkspace.Borrow(pool, plan);
        var workspace = new NormWorkspace(lent, plan);
        Coefficients.Affine(scale, shift, workspace);
        GradientSums.Scaled(pool, plan, act, inputs, gradients.Dx, workspace);
        for (int c = 0; c < shape.Channels; c++)
        {
            gradients.Dgamma[c] = (float)workspace.Second[c];
            gradients.Dbeta[c] = (float)workspace.First[c];
        }
    }
}
