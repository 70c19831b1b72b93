using Evenkeel.Kernels.Convolution;
using Evenkeel.Layers;
using Evenkeel.Lowering;

namespace Evenkeel.Rewrites;

/// <summary>
/// Lets convolutions gather the sums of batch normalisation's gradient: where a convolution writes the gradient of a normalised value last, it
/// takes the two sums of each channel while a tile of that gradient is in the nearest cache. The value may be a part of a concatenation: then the
/// convolution takes the sums of all parts.
/// </summary>
internal static class GatheredSums
{
    /// <summary>Name under which it can be switched off and is explained.</summary>
    public const string Rule = "gather-gradient-sums-in-convolution";

    /// <summary>Changes the steps of a backward pass.</summary>
    /// <returns>Each batch normalisation's decision.</returns>
    public static List<RewriteLogEntry> Gather(List<Step> steps, IReadOnlyList<BufferInfo> buffers)
    {
        var log = new List<RewriteLogEntry>();
        for (int i = 0; i < steps.Count; i++)
        {
            if (PassOf(steps[i]) is not { } norm)
                continue;
            Place gradient = PlaceOf(norm, buffers);
            int maker = steps.FindLastIndex(
                i - 1,
                s => s.Writes.Any(w => (buffers[w.Index].View?.Base ?? w) == gradient.Whole)
            );
            string? obstacle = Obstacle(steps, maker, i, norm, gradient) ?? Crowd(steps[maker], norm, buffers);
            string reason = obstacle ?? $"gathered while {steps[maker].Layer} makes the gradient";
            log.Add(new RewriteLogEntry(Rule, norm.Layer, obstacle is null, reason));
            if (obstacle is not null)
                continue;
            steps[maker] = Fused(steps[maker], steps[i]);
            steps.RemoveAt(i--);
        }

        return log;
    }

    private static NormBackward? PassOf(Step step) =>
        step switch
        {
            BatchGradientSums s => s.Pass,
            ResidualGradientSums s => s.Pass,
            _ => null,
        };

    private static Place PlaceOf(NormBackward norm, IReadOnlyList<BufferInfo> buffers) =>
        buffers[norm.DY.Index].View is { } view
            ? new Place(view.Base, view.Stride, view.Offset, view.Offset + norm.Site.Channels)
            : new Place(norm.DY, norm.Site.Channels, 0, norm.Site.Channels);

    private static Step Fused(Step maker, Step sums) =>
        (maker, sums) switch
        {
            (ConvolutionGradientToInput g, BatchGradientSums s) => new ConvolutionGradientSums(
                g,
                [new(s.Pass, s.Sums)]
            ),
            (ConvolutionGradientSums g, BatchGradientSums s) => new ConvolutionGradientSums(
                g.Gradient,
                g.Norms.Add(new(s.Pass, s.Sums))
            ),
            (ConvolutionGradientToInput g, ResidualGradientSums s) => new ConvolutionResidualSums(
                g,
                [new(s.Pass, s.Sums)]
            ),
            _ => throw new ArgumentException($"{maker.Kernel} does not take those of {sums.Kernel}.", nameof(sums)),
        };

    private static string? Obstacle(List<Step> steps, int maker, int reader, NormBackward norm, Place gradient)
    {
        ConvolutionGradientToInput? made = maker < 0 ? null : GradientOf(steps[maker]);
        if (made is null)
            return "no convolution writes the gradient last";
        ConvolutionShape shape = made.Pass.Shape;
        if (shape.IsDepthwise)
            return "a depthwise convolution makes the gradient";
        if (made.DX.Buffer != gradient.Whole || shape.InputChannels != gradient.Channels)
            return "the convolution has other channels than the normalisation";
        if (shape.LeavesInputsOut)
            return $"the kernel of {steps[maker].Layer} leaves positions out";
        if (steps[reader] is ResidualGradientSums { D: var d } && d != norm.DY)
            return "the gradient before the activation is kept beside that behind it";
        IEnumerable<Step> between = steps[(maker + 1)..reader];
        return between.Any(s => s.Reads.Contains(norm.DY) || s.Writes.Intersect(norm.Reads).Any())
            ? "what it reads is made behind the convolution"
            : null;
    }

    private static ConvolutionGradientToInput? GradientOf(Step step) =>
        step switch
        {
            ConvolutionGradientToInput s => s,
            ConvolutionGradientSums s => s.Gradient,
            _ => null,
        };

    // What stands against taking the sums beside those that the convolution takes already.
    private static string? Crowd(Step maker, NormBackward norm, IReadOnlyList<BufferInfo> buffers)
    {
        if (maker is not ConvolutionGradientSums { Norms: var others })
            return null;
        if (others.Length == Convolution.MaxPrecedingNorms)
            return $"{maker.Layer} gathers the sums of {others.Length} others already";
        NormBackward first = others[0].Norm;
        if (first.Site.Fused != norm.Site.Fused)
            return $"its activation is not that of {first.Layer}, whose sums are gathered";
        Place place = PlaceOf(norm, buffers);
        return others.Any(o => PlaceOf(o.Norm, buffers).Meets(place))
            ? $"{maker.Layer} gathers sums of the same channels already"
            : null;
    }

    /// <summary>Channels of a gradient that may be wider.</summary>
    private readonly record struct Place(BufferId Whole, int Channels, int First, int End)
    {
        public bool Meets(Place other) => First < other.End && other.First < End;
    }
}
