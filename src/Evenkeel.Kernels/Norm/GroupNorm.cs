using Evenkeel.Kernels.Elementwise;
using Evenkeel.Kernels.Lanes;
using Evenkeel.Kernels.Loops;
using Evenkeel.Kernels.Threading;

namespace Evenkeel.Kernels.Norm;

/// <summary>
/// Normalisation within each example: over groups of its channels and all positions (Wu and He 2018), of which one group per channel is
/// instance normalisation (Ulyanov et al. 2016), and one position with one group is layer normalisation (Ba et al. 2016).
/// </summary>
public static unsafe class GroupNorm
{
    /// <summary>y = g(scale (x - mean) / sqrt(variance + epsilon) + shift + residual).</summary>
    /// <param name="pool">Threads to use; the result does not depend on their number.</param>
    /// <param name="act">The activation g.</param>
    /// <param name="shape">What is normalised together.</param>
    /// <param name="parameters">Scale gamma and shift beta per channel, and epsilon, which is added to the biased variance.</param>
    /// <param name="x">[blocks, positions, channels].</param>
    /// <param name="residual">[blocks, positions, channels], or empty where nothing is added.</param>
    /// <param name="y">Receives [blocks, positions, channels]; may be <paramref name="x"/> or <paramref name="residual"/>.</param>
    /// <param name="statistics">Receives [2, blocks, groups]: the means, then 1 / sqrt(variance + epsilon).</param>
    /// <exception cref="ArgumentException">A length does not fit, or the channels are no whole number of groups.</exception>
    public static void Forward<TAct>(
        WorkerPool pool,
        TAct act,
        in GroupNormShape shape,
        in NormParameters parameters,
        ReadOnlySpan<float> x,
        ReadOnlySpan<float> residual,
        Span<float> y,
        Span<double> statistics
    )
        where TAct : struct, IActivation
    {
        ArgumentNullException.ThrowIfNull(pool);
        var plan = GroupNormPlan.Of(shape, x.Length, statistics.Length);
        parameters.Check(shape.Channels);
        SpanCheck.SameLength(x.Length, nameof(x), y.Length, nameof(y));
        MatrixArguments.CheckOverlap(x, y);
        MatrixArguments.CheckOverlap(residual, y);
        fixed (
            float* xs = x,
                residuals = residual,
                scales = parameters.Gamma,
                shifts = parameters.Beta,
                ys = y
        )
        fixed (double* pairs = statistics)
        {
            var learned = new GroupParameters(scales, shifts, parameters.Epsilon);
            var made = new GroupStatistics(plan, pairs);
            if (residual.IsEmpty)
                WidestLanes.Run(
                    new GroupNormForward<TAct, NoResidual>(pool, plan, act, default, learned, made, xs, ys)
                );
            else
            {
                SpanCheck.SameLength(x.Length, nameof(x), residual.Length, nameof(residual));
                WidestLanes.Run(
                    new GroupNormForward<TAct, Residual>(pool, plan, act, new(residuals), learned, made, xs, ys)
                );
            }
        }
    }

    /// <summary>The gradients of the input, of the scale, of the shift and of the residual.</summary>
    /// <param name="pool">Threads to use; the result does not depend on their number.</param>
    /// <param name="act">
    /// The activation g of the forward pass. Behind a sum with a residual it is one whose output tells its gradient, and y is given.
    /// </param>
    /// <param name="shape">As in the forward pass.</param>
    /// <param name="parameters">As in the forward pass.</param>
    /// <param name="inputs">x, y and dy.</param>
    /// <param name="statistics">[2, blocks, groups], from the forward pass.</param>
    /// <param name="gradients">Receives the gradients; that of the input may be dy.</param>
    /// <param name="dresidual">
    /// Receives [blocks, positions, channels]; may be dy, if dx is other memory. Empty where there was no residual.
    /// </param>
    /// <exception cref="ArgumentException">
    /// A length does not fit, the channels are no whole number of groups, or an output overlaps what is still to be read.
    /// </exception>
    public static void Backward<TAct>(
        WorkerPool pool,
        TAct act,
        in GroupNormShape shape,
        in NormParameters parameters,
        in NormBackwardInputs inputs,
        ReadOnlySpan<double> statistics,
        in NormGradientOutputs gradients,
        Span<float> dresidual
    )
        where TAct : struct, IActivation
    {
        ArgumentNullException.ThrowIfNull(pool);
        var plan = GroupNormPlan.Of(shape, inputs.X.Length, statistics.Length);
        parameters.Check(shape.Channels);
        gradients.Check(shape.Channels);
        if (dresidual.IsEmpty)
        {
            Check<TAct>(plan, inputs, gradients.Dx);
            Run<TAct, SumsOnly>(pool, plan, act, parameters, inputs, statistics, gradients, default);
            return;
        }

        Check<FromOutput<TAct>>(plan, inputs, gradients.Dx);
        Check<FromOutput<TAct>>(plan, inputs, dresidual);
        if (dresidual.Overlaps(gradients.Dx) || dresidual.Overlaps(inputs.X))
            throw new ArgumentException("The gradient of the residual overlaps x or dx; use other memory.");
        var slope = FromOutput<TAct>.Require(act);
        Run<FromOutput<TAct>, KeptGradient>(pool, plan, slope, parameters, inputs, statistics, gradients, dresidual);
    }

    private static void Run<TAct, TSink>(
        WorkerPool pool,
        in GroupNormPlan plan,
        TAct act,
        in NormParameters parameters,
        in NormBackwardInputs inputs,
        ReadOnlySpan<double> statistics,
        in NormGradientOutputs gradients,
        Span<float> kept
    )
        where TAct : struct, IActivation
        where TSink : struct, IGradientSink
    {
        fixed (
            float* xs = inputs.X,
                ys = inputs.Y,
                dys = inputs.Dy,
                ds = kept,
                dxs = gradients.Dx
        )
        fixed (
            float* scales = parameters.Gamma,
                shifts = parameters.Beta,
                dscales = gradients.Dgamma,
                dshifts = gradients.Dbeta
        )
        fixed (double* pairs = statistics)
        {
            WidestLanes.Run(
                new GroupNormBackward<TAct, TSink>(
                    pool,
                    plan,
                    act,
                    new(scales, shifts, parameters.Epsilon),
                    new(plan, pairs),
                    new(xs, ys, dys, ds),
                    new(dxs, dscales, dshifts)
                )
            );
        }
    }

    private static void Check<TAct>(in GroupNormPlan plan, in NormBackwardInputs inputs, Span<float> made)
        where TAct : struct, IActivation
    {
        SpanCheck.SameLength(inputs.X.Length, "x", inputs.Dy.Length, "dy");
        if (TAct.GradientUsesOutput)
            SpanCheck.SameLength(inputs.X.Length, "x", inputs.Y.Length, "y");
        inputs.CheckOutput<TAct>(new NormShape(plan.Blocks * plan.Shape.Positions, plan.Shape.Channels), made);
    }
}
