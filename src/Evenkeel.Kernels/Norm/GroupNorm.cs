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
    /// <summary>y = scale (x - mean) / sqrt(variance + epsilon) + shift.</summary>
    /// <param name="pool">Threads to use; the result does not depend on their number.</param>
    /// <param name="shape">What is normalised together.</param>
    /// <param name="parameters">Scale gamma and shift beta per channel, and epsilon, which is added to the biased variance.</param>
    /// <param name="x">[blocks, positions, channels].</param>
    /// <param name="y">Receives [blocks, positions, channels]; may be <paramref name="x"/>.</param>
    /// <param name="mean">Receives [blocks, groups].</param>
    /// <param name="inverse">Receives [blocks, groups]: 1 / sqrt(variance + epsilon).</param>
    /// <exception cref="ArgumentException">A length does not fit, or the channels are no whole number of groups.</exception>
    public static void Forward(
        WorkerPool pool,
        in GroupNormShape shape,
        in NormParameters parameters,
        ReadOnlySpan<float> x,
        Span<float> y,
        Span<double> mean,
        Span<double> inverse
    )
    {
        ArgumentNullException.ThrowIfNull(pool);
        int blocks = Blocks(shape, x.Length, y.Length, mean.Length, inverse.Length);
        parameters.Check(shape.Channels);
        MatrixArguments.CheckOverlap(x, y);
        fixed (
            float* xs = x,
                scales = parameters.Gamma,
                shifts = parameters.Beta,
                ys = y
        )
        fixed (
            double* means = mean,
                inverses = inverse
        )
        {
            var plan = new GroupNormPlan(shape, blocks);
            var statistics = new GroupStatistics(means, inverses);
            var pass = new GroupNormForward(pool, plan, statistics, parameters.Epsilon, xs, scales, shifts, ys);
            WidestLanes.Run(ref pass);
        }
    }

    /// <summary>The gradients of the input, of the scale and of the shift.</summary>
    /// <param name="pool">Threads to use; the result does not depend on their number.</param>
    /// <param name="shape">As in the forward pass.</param>
    /// <param name="x">As in the forward pass.</param>
    /// <param name="mean">[blocks, groups], from the forward pass.</param>
    /// <param name="inverse">[blocks, groups], from the forward pass.</param>
    /// <param name="scale">[channels].</param>
    /// <param name="dy">[blocks, positions, channels].</param>
    /// <param name="gradients">Receives the gradients; that of the input may be <paramref name="dy"/>.</param>
    /// <exception cref="ArgumentException">A length does not fit, or the channels are no whole number of groups.</exception>
    public static void Backward(
        WorkerPool pool,
        in GroupNormShape shape,
        ReadOnlySpan<float> x,
        ReadOnlySpan<double> mean,
        ReadOnlySpan<double> inverse,
        ReadOnlySpan<float> scale,
        ReadOnlySpan<float> dy,
        in NormGradientOutputs gradients
    )
    {
        ArgumentNullException.ThrowIfNull(pool);
        Span<float> dx = gradients.Dx;
        int blocks = Blocks(shape, x.Length, dx.Length, mean.Length, inverse.Length);
        SpanCheck.SameLength(dx.Length, nameof(dx), dy.Length, nameof(dy));
        MatrixArguments.CheckVector(shape.Channels, scale.Length);
        gradients.Check(shape.Channels);
        MatrixArguments.CheckOverlap(x, dx);
        MatrixArguments.CheckOverlap(dy, dx);
        fixed (
            float* xs = x,
                scales = scale,
                dys = dy,
                dxs = dx,
                dscales = gradients.Dgamma,
                dshifts = gradients.Dbeta
        )
        fixed (
            double* means = mean,
                inverses = inverse
        )
        {
            var plan = new GroupNormPlan(shape, blocks);
            var statistics = new GroupStatistics(means, inverses);
            var pass = new GroupNormBackward(pool, plan, statistics, xs, scales, dys, new(dxs, dscales, dshifts));
            WidestLanes.Run(ref pass);
        }
    }

    private static int Blocks(in GroupNormShape shape, int values, int made, int means, int inverses)
    {
        if (shape.Positions < 1 || shape.Groups < 1 || shape.Channels < 1 || shape.Channels % shape.Groups != 0)
            throw new ArgumentException($"{shape.Channels} channels are no whole number of {shape.Groups} groups.");
        int blocks = values / shape.Count;
        long groups = (long)blocks * shape.Groups;
        if (values != (long)blocks * shape.Count || made != values || means != groups || inverses != groups)
            throw new ArgumentException(
                $"{values} and {made} values with {means} and {inverses} statistics are not the same blocks of {shape.Count}."
            );
        return blocks;
    }
}
