using Evenkeel.Kernels.Elementwise;
using Evenkeel.Kernels.Loops;
using Evenkeel.Kernels.Threading;

namespace Evenkeel.Kernels.Norm;

/// <summary>
/// Batch normalisation with given statistics, which are constants to the gradient: inference with running or population
/// statistics (Ioffe &amp; Szegedy 2015, Algorithm 2, line 11), and fine-tuning with them frozen.
/// </summary>
public static class FrozenBatchNorm
{
    /// <summary>y = g(gamma * (x - mean) / sqrt(variance + epsilon) + beta) with given statistics.</summary>
    /// <param name="pool">The threads to use.</param>
    /// <param name="act">The activation g.</param>
    /// <param name="shape">The matrices.</param>
    /// <param name="x">[rows, channels].</param>
    /// <param name="parameters">gamma, beta and epsilon.</param>
    /// <param name="moments">Where both variance and epsilon are 0 the output is g(beta).</param>
    /// <param name="y">Receives the output; may be <paramref name="x"/> if it is dense.</param>
    /// <exception cref="ArgumentException">A size does not fit, or y overlaps x without being the same memory.</exception>
    public static void Forward<TAct>(
        WorkerPool pool,
        TAct act,
        NormShape shape,
        ReadOnlySpan<float> x,
        in NormParameters parameters,
        in ChannelMoments moments,
        Span<float> y
    )
        where TAct : struct, IActivation
    {
        CheckForward(pool, shape, x, parameters, moments, y);
        if (shape.Rows == 0)
            return;
        NormPlan plan = NormPlan.For(shape, inputs: 1);
        using Scratch lent = NormWorkspace.Borrow(pool, plan);
        var workspace = new NormWorkspace(lent, plan);
        Coefficients.Forward(parameters, moments, workspace);
        NormalizeWork.RunAll(pool, plan, act, x, y, workspace);
    }

    /// <summary>
    /// Gradients with the statistics as constants: d = dy * g', dbeta = sum(d), dgamma = sum(d * xhat),
    /// dx = d * gamma / sqrt(variance + epsilon).
    /// </summary>
    /// <param name="pool">The threads to use.</param>
    /// <param name="act">The activation g of the forward pass.</param>
    /// <param name="shape">The matrices.</param>
    /// <param name="inputs">x, y and dy.</param>
    /// <param name="parameters">As in the forward pass.</param>
    /// <param name="moments">As in the forward pass.</param>
    /// <param name="gradients">Receives dx, dgamma and dbeta.</param>
    /// <exception cref="ArgumentException">A size does not fit, or dx overlaps an input without being the same memory.</exception>
    public static void Backward<TAct>(
        WorkerPool pool,
        TAct act,
        NormShape shape,
        in NormBackwardInputs inputs,
        in NormParameters parameters,
        in ChannelMoments moments,
        in NormGradientOutputs gradients
    )
        where TAct : struct, IActivation
    {
        CheckBackward<TAct>(pool, shape, inputs, parameters, moments, gradients);
        if (shape.Rows == 0)
        {
            gradients.ClearSums();
            return;
        }

        NormPlan plan = NormPlan.ForBackward<TAct>(shape);
        using Scratch lent = NormWorkspace.Borrow(pool, plan);
        var workspace = new NormWorkspace(lent, plan);
        Coefficients.Forward(parameters, moments, workspace);
        GradientSums.Scaled(pool, plan, act, inputs, gradients.Dx, workspace);
        Coefficients.Backward(plan, parameters.Epsilon, moments, workspace, gradients);
    }

    internal static void CheckForward(
        WorkerPool pool,
        NormShape shape,
        ReadOnlySpan<float> x,
        in NormParameters parameters,
        in ChannelMoments moments,
        ReadOnlySpan<float> y
    )
    {
        ArgumentNullException.ThrowIfNull(pool);
        (int rows, int channels, int stride) = shape;
        MatrixArguments.CheckShape(rows, channels);
        MatrixArguments.CheckMatrix(rows, channels, x.Length);
        MatrixArguments.CheckStrided(rows, channels, stride, y.Length);
        MatrixArguments.CheckOverlap(x, y, channels, stride);
        parameters.Check(channels);
        moments.Check(channels);
    }

    internal static void CheckBackward<TAct>(
        WorkerPool pool,
        NormShape shape,
        in NormBackwardInputs inputs,
        in NormParameters parameters,
        in ChannelMoments moments,
        in NormGradientOutputs gradients
    )
        where TAct : struct, IActivation
    {
        ArgumentNullException.ThrowIfNull(pool);
        inputs.Check<TAct>(shape, gradients.Dx);
        parameters.Check(shape.Channels);
        moments.Check(shape.Channels);
        gradients.Check(shape.Channels);
    }
}
