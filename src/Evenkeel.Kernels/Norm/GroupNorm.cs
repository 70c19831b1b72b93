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
    /// <param name="epsilon">Added to the biased variance; 0 or more.</param>
    /// <param name="x">[blocks, positions, channels].</param>
    /// <param name="scale">[channels].</param>
    /// <param name="shift">[channels].</param>
    /// <param name="y">Receives [blocks, positions, channels]; may be <paramref name="x"/>.</param>
    /// <param name="mean">Receives [blocks, groups].</param>
    /// <param name="inverse">Receives [blocks, groups]: 1 / sqrt(variance + epsilon).</param>
    /// <exception cref="ArgumentException">A length does not fit, or the channels are no whole number of groups.</exception>
    public static void Forward(
        WorkerPool pool,
        in GroupNormShape shape,
        float epsilon,
        ReadOnlySpan<float> x,
        ReadOnlySpan<float> scale,
        ReadOnlySpan<float> shift,
        Span<float> y,
        Span<double> mean,
        Span<double> inverse
    )
    {
        ArgumentNullException.ThrowIfNull(pool);
        int blocks = Blocks(shape, x.Length, y.Length, mean.Length, inverse.Length);
        CheckChannels(shape, scale.Length, shift.Length);
        MatrixArguments.CheckOverlap(x, y);
        fixed (
            float* xs = x,
                scales = scale,
                shifts = shift,
                ys = y
        )
        fixed (
            double* means = mean,
                inverses = inverse
        )
        {
            var plan = new GroupNormPlan(shape);
            var pass = new GroupNormForward(pool, plan, blocks, epsilon, xs, scales, shifts, ys, means, inverses);
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
    /// <param name="dx">Receives [blocks, positions, channels]; may be <paramref name="dy"/>.</param>
    /// <param name="dscale">Receives [channels].</param>
    /// <param name="dshift">Receives [channels].</param>
    /// <exception cref="ArgumentException">A length does not fit, or the channels are no whole number of groups.</exception>
    public static void Backward(
        WorkerPool pool,
        in GroupNormShape shape,
        ReadOnlySpan<float> x,
        ReadOnlySpan<double> mean,
        ReadOnlySpan<double> inverse,
        ReadOnlySpan<float> scale,
        ReadOnlySpan<float> dy,
        Span<float> dx,
        Span<float> dscale,
        Span<float> dshift
    )
    {
        ArgumentNullException.ThrowIfNull(pool);
        int blocks = Blocks(shape, x.Length, dx.Length, mean.Length, inverse.Length);
        SpanCheck.SameLength(dx.Length, nameof(dx), dy.Length, nameof(dy));
        CheckChannels(shape, scale.Length, dscale.Length);
        CheckChannels(shape, scale.Length, dshift.Length);
        MatrixArguments.CheckOverlap(x, dx);
        MatrixArguments.CheckOverlap(dy, dx);
        fixed (
            float* xs = x,
                scales = scale,
                dys = dy,
                dxs = dx,
                dscales = dscale,
                dshifts = dshift
        )
        fixed (
            double* means = mean,
                inverses = inverse
        )
        {
            var plan = new GroupNormPlan(shape);
            var pass = new GroupNormBackward(
                pool,
                plan,
                blocks,
                xs,
                means,
                inverses,
                scales,
                dys,
                dxs,
                dscales,
                dshifts
            );
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

    private static void CheckChannels(in GroupNormShape shape, int first, int second)
    {
        if (first != shape.Channels || second != shape.Channels)
            throw new ArgumentException($"{first} and {second} values were given for {shape.Channels} channels.");
    }
}
