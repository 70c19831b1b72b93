using Evenkeel.Kernels.Elementwise;
using Evenkeel.Kernels.Loops;
using Evenkeel.Kernels.Threading;

namespace Evenkeel.Kernels.Norm;

/// <summary>
/// Batch normalisation of dense [rows, channels] matrices, a shortcut added to it, and the activation behind both, in one pass:
/// the end of a residual block (He et al. 2016, figure 2). Statistics are given.
/// </summary>
public static unsafe class BatchNormAdd
{
    private const int ForwardInputs = 2;

    /// <summary>y = g(gamma * (x - mean) / sqrt(variance + epsilon) + beta + residual).</summary>
    /// <param name="pool">The threads to use.</param>
    /// <param name="act">The activation g.</param>
    /// <param name="shape">The matrices, all dense.</param>
    /// <param name="x">[rows, channels].</param>
    /// <param name="parameters">gamma, beta and epsilon.</param>
    /// <param name="moments">Mean and biased variance.</param>
    /// <param name="residual">[rows, channels].</param>
    /// <param name="y">Receives [rows, channels]; may be <paramref name="x"/> or <paramref name="residual"/>.</param>
    /// <exception cref="ArgumentException">A size does not fit, or y overlaps an input without being the same memory.</exception>
    public static void Forward<TAct>(
        WorkerPool pool,
        TAct act,
        NormShape shape,
        ReadOnlySpan<float> x,
        in NormParameters parameters,
        in ChannelMoments moments,
        ReadOnlySpan<float> residual,
        Span<float> y
    )
        where TAct : struct, IActivation
    {
        CheckDense(shape);
        FrozenBatchNorm.CheckForward(pool, shape, x, parameters, moments, y);
        MatrixArguments.CheckMatrix(shape.Rows, shape.Channels, residual.Length);
        MatrixArguments.CheckOverlap(residual, y);
        if (shape.Rows > 0)
            Forward(pool, NormPlan.For(shape, ForwardInputs), act, x, parameters, moments, residual, y);
    }

    /// <summary>
    /// Gradients through the activation, the sum and the normalisation, batch statistics included:
    /// dresidual = d = dy * g' (from y), dbeta = sum(d), dgamma = sum(d * xhat),
    /// dx = gamma / (m * sqrt(variance + epsilon)) * (m * d - dbeta - xhat * dgamma)
    /// (Ioffe &amp; Szegedy 2015, section 3, in compact form).
    /// </summary>
    /// <param name="pool">The threads to use.</param>
    /// <param name="act">The activation g: one whose output tells its gradient, as Identity, Relu, LeakyRelu or Sigmoid.</param>
    /// <param name="shape">The matrices, all dense.</param>
    /// <param name="inputs">x, y and dy.</param>
    /// <param name="parameters">As in the forward pass.</param>
    /// <param name="moments">Mean and biased variance of x.</param>
    /// <param name="gradients">Receives dx, dgamma and dbeta; dx may be dy if dresidual is not.</param>
    /// <param name="dresidual">Receives [rows, channels]; may be dy; apart from dx.</param>
    /// <exception cref="ArgumentException">
    /// A size does not fit, an output overlaps other memory than it may, or g' does not follow from y.
    /// </exception>
    public static void Backward<TAct>(
        WorkerPool pool,
        TAct act,
        NormShape shape,
        in NormBackwardInputs inputs,
        in NormParameters parameters,
        in ChannelMoments moments,
        in NormGradientOutputs gradients,
        Span<float> dresidual
    )
        where TAct : struct, IActivation
    {
        CheckDense(shape);
        FrozenBatchNorm.CheckBackward<FromOutput<TAct>>(pool, shape, inputs, parameters, moments, gradients);
        inputs.Check<FromOutput<TAct>>(shape, dresidual);
        if (inputs.X.Overlaps(dresidual) || gradients.Dx.Overlaps(dresidual))
            throw new ArgumentException("dresidual overlaps x or dx; use memory of its own.", nameof(dresidual));
        FromOutput<TAct> slope = FromOutput<TAct>.Require(act);
        if (shape.Rows == 0)
        {
            gradients.ClearSums();
            return;
        }

        NormPlan plan = NormPlan.ForBackward<FromOutput<TAct>>(shape);
        Backward(pool, plan, slope, inputs, parameters, moments, gradients, dresidual);
    }

    internal static void Forward<TAct>(
        WorkerPool pool,
        in NormPlan plan,
        TAct act,
        ReadOnlySpan<float> x,
        in NormParameters parameters,
        in ChannelMoments moments,
        ReadOnlySpan<float> residual,
        Span<float> y
    )
        where TAct : struct, IActivation
    {
        using Scratch lent = NormWorkspace.Borrow(pool, plan);
        var workspace = new NormWorkspace(lent, plan);
        Coefficients.Forward(parameters, moments, workspace);
        fixed (
            float* px = x,
                pr = residual,
                py = y
        )
            NormalizeWork.RunAll(pool, plan, act, new Residual(pr), px, py, workspace);
    }

    internal static void Backward<TAct>(
        WorkerPool pool,
        in NormPlan plan,
        FromOutput<TAct> act,
        in NormBackwardInputs inputs,
        in NormParameters parameters,
        in ChannelMoments moments,
        in NormGradientOutputs gradients,
        Span<float> dresidual
    )
        where TAct : struct, IActivation
    {
        using Scratch lent = NormWorkspace.Borrow(pool, plan);
        var workspace = new NormWorkspace(lent, plan);
        fixed (
            float* px = inputs.X,
                py = inputs.Y,
                pdy = inputs.Dy,
                pdx = gradients.Dx,
                pr = dresidual
        )
        {
            // The gradient in front of the sum is an output itself: the second pass reads it instead of y and dy.
            var sums = new GradientMatrices(px, py, pdy, pr, plan.OutputStride);
            var rest = new GradientMatrices(px, null, pr, pdx, plan.OutputStride);
            Coefficients.Forward(parameters, moments, workspace);
            GradientSumsWork<FromOutput<TAct>, KeptGradient>.RunAll(pool, plan, act, sums, workspace);
            Coefficients.Backward(plan, parameters.Epsilon, moments, workspace, gradients);
            InputGradientWork.RunAll(pool, plan, default(Identity), rest, workspace);
        }
    }

    private static void CheckDense(NormShape shape)
    {
        if (shape.OutputStride != shape.Channels)
            throw new ArgumentException(
                $"Rows of {shape.Channels} channels lie {shape.OutputStride} apart; the sum with a shortcut is dense.",
                nameof(shape)
            );
    }
}
