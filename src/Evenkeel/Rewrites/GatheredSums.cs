using Evenkeel.Layers;
using Evenkeel.Lowering;

namespace Evenkeel.Rewrites;

/// <summary>
/// Lets convolutions gather the sums of batch normalisation's gradient: where a convolution writes the gradient of a normalised value last, it
/// takes the two sums of each channel while a tile of that gradient is in the nearest cache.
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
            int maker = steps.FindLastIndex(i - 1, s => s.Writes.Contains(norm.DY));
            string? obstacle = buffers[norm.DY.Index].View is null
                ? Obstacle(steps, maker, i, norm)
                : "the gradient is a part of that of a concatenation";
            string reason = obstacle ?? $"gathered while {steps[maker].Layer} makes the gradient";
            log.Add(new RewriteLogEntry(Rule, norm.Layer, obstacle is null, reason));
            if (obstacle is not null)
                continue;
            steps[maker] = Fused((ConvolutionGradientToInput)steps[maker], steps[i]);
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

    private static Step Fused(ConvolutionGradientToInput gradient, Step sums) =>
        sums switch
        {
            BatchGradientSums s => new ConvolutionGradientSums(gradient, s.Pass, s.Sums),
            ResidualGradientSums s => new ConvolutionResidualSums(gradient, s.Pass, s.Sums),
            _ => throw new ArgumentException($"{sums.Kernel} takes no sums.", nameof(sums)),
        };

    private static string? Obstacle(List<Step> steps, int maker, int reader, NormBackward norm)
    {
        if (maker < 0 || steps[maker] is not ConvolutionGradientToInput { Pass.Shape: var shape, DX.Buffer: var made })
            return "no convolution writes the gradient last";
        if (shape.IsDepthwise)
            return "a depthwise convolution makes the gradient";
        if (made != norm.DY || shape.InputChannels != norm.Site.Channels)
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
}
