using Evenkeel.Kernels.Elementwise;
using Evenkeel.Kernels.Loops;
using Evenkeel.Kernels.Threading;

namespace Evenkeel.Kernels.Norm;

/// <summary>
/// Batch normalisation of [rows, channels] matrices with the statistics of the batch, fused with the activation behind it
/// (Ioffe &amp; Szegedy 2015, Algorithm 1).
/// <para>
/// Statistics are taken in blocks of rows relative to the block's first row and merged in double precision, so they hold
/// for means 10^4 times the standard deviation, and a constant channel gives exactly beta, also without epsilon. Results do
/// not depend on the number of threads or on the width of the machine's registers. Deviations beyond 10^18 overflow
/// single precision; NaN and infinities in a channel make its statistics NaN and leave the other channels alone.
/// </para>
/// </summary>
public static unsafe class BatchNorm
{
    private const int ForwardInputs = 1;

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
        MatrixArguments.CheckShape(rows, channels);
        MatrixArguments.CheckMatrix(rows, channels, x.Length);
        MatrixArguments.CheckVector(channels, mean.Length);
        MatrixArguments.CheckVector(channels, variance.Length);
        if (rows > 0)
            Statistics(pool, NormPlan.For(rows, channels, ForwardInputs), x, mean, variance);
    }

    /// <summary>
    /// y = g(gamma * (x - mean) / sqrt(variance + epsilon) + beta) with the batch's own statistics
    /// (Ioffe &amp; Szegedy 2015, Algorithm 1).
    /// </summary>
    /// <param name="pool">The threads to use.</param>
    /// <param name="act">The activation g.</param>
    /// <param name="shape">The matrices; a single row gives g(beta).</param>
    /// <param name="x">[rows, channels].</param>
    /// <param name="parameters">gamma, beta and epsilon.</param>
    /// <param name="y">Receives the output; may be <paramref name="x"/> if it is dense.</param>
    /// <param name="mean">Receives [channels].</param>
    /// <param name="variance">Receives [channels], biased.</param>
    /// <exception cref="ArgumentException">A size does not fit, or y overlaps x without being the same memory.</exception>
    public static void Forward<TAct>(
        WorkerPool pool,
        TAct act,
        NormShape shape,
        ReadOnlySpan<float> x,
        in NormParameters parameters,
        Span<float> y,
        Span<double> mean,
        Span<double> variance
    )
        where TAct : struct, IActivation
    {
        FrozenBatchNorm.CheckForward(pool, shape, x, parameters, new ChannelMoments(mean, variance), y);
        if (shape.Rows > 0)
            Forward(pool, NormPlan.For(shape, ForwardInputs), act, x, parameters, y, mean, variance);
    }

    /// <summary>
    /// Gradients through the activation and the normalisation, statistics included (Ioffe &amp; Szegedy 2015, section 3, in
    /// compact form): d = dy * g', dbeta = sum(d), dgamma = sum(d * xhat),
    /// dx = gamma / (m * sqrt(variance + epsilon)) * (m * d - dbeta - xhat * dgamma).
    /// </summary>
    /// <param name="pool">The threads to use.</param>
    /// <param name="act">The activation g of the forward pass.</param>
    /// <param name="shape">The matrices; a single row gives dx = 0.</param>
    /// <param name="inputs">x, y and dy.</param>
    /// <param name="parameters">As in the forward pass.</param>
    /// <param name="moments">Mean and variance from the forward pass.</param>
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
        FrozenBatchNorm.CheckBackward<TAct>(pool, shape, inputs, parameters, moments, gradients);
        if (shape.Rows > 0)
            Backward(pool, NormPlan.ForBackward<TAct>(shape), act, inputs, parameters, moments, gradients);
        else
            gradients.ClearSums();
    }

    internal static void Statistics(
        WorkerPool pool,
        in NormPlan plan,
        ReadOnlySpan<float> x,
        Span<double> mean,
        Span<double> variance
    )
    {
        using Scratch lent = NormWorkspace.Borrow(pool, plan);
        MomentsWork.RunAll(pool, plan, x, new NormWorkspace(lent, plan), mean, variance);
    }

    internal static void Forward<TAct>(
        WorkerPool pool,
        in NormPlan plan,
        TAct act,
        ReadOnlySpan<float> x,
        in NormParameters parameters,
        Span<float> y,
        Span<double> mean,
        Span<double> variance
    )
        where TAct : struct, IActivation
    {
        using Scratch lent = NormWorkspace.Borrow(pool, plan);
        var workspace = new NormWorkspace(lent, plan);
        MomentsWork.RunAll(pool, plan, x, workspace, mean, variance);
        Coefficients.Forward(parameters, new ChannelMoments(mean, variance), workspace);
        NormalizeWork.RunAll(pool, plan, act, x, y, workspace);
    }

    internal static void Backward<TAct>(
        WorkerPool pool,
        in NormPlan plan,
        TAct act,
        in NormBackwardInputs inputs,
        in NormParameters parameters,
        in ChannelMoments moments,
        in NormGradientOutputs gradients
    )
        where TAct : struct, IActivation
    {
        using Scratch lent = NormWorkspace.Borrow(pool, plan);
        var workspace = new NormWorkspace(lent, plan);
        fixed (
            float* px = inputs.X,
                py = inputs.Y,
                pdy = inputs.Dy,
                pdx = gradients.Dx
        )
        {
            var matrices = new GradientMatrices(px, py, pdy, pdx, plan.OutputStride);
            Coefficients.Forward(parameters, moments, workspace);
            GradientSumsWork<TAct, SumsOnly>.RunAll(pool, plan, act, matrices, workspace);
            Coefficients.Backward(plan, parameters.Epsilon, moments, workspace, gradients);
            InputGradientWork.RunAll(pool, plan, act, matrices, workspace);
        }
    }
}
