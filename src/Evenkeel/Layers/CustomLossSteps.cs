using Evenkeel.Lowering;

namespace Evenkeel.Layers;

/// <summary>One loss per example against its floats, and its derivatives by the output, by code of the caller.</summary>
internal sealed record CustomLossForward(
    ExampleLoss Compute,
    int Values,
    int Aims,
    BufferId Output,
    BufferId Targets,
    BufferId Slopes,
    BufferId Losses
) : Step("loss", [Output, Targets], [Slopes, Losses])
{
    public static CustomLossForward Of(LossContext c, int targets, ExampleLoss compute) =>
        new(compute, c.Output.Count, targets, c.Buffers.Output, c.Buffers.Targets, c.Kept, c.Buffers.Losses);

    /// <summary>Computes example by example, in order.</summary>
    /// <param name="output">[batch, Values].</param>
    /// <param name="targets">[batch, Aims].</param>
    /// <param name="slopes">[batch, Values], overwritten.</param>
    /// <param name="losses">[batch], overwritten.</param>
    public void Run(ReadOnlySpan<float> output, ReadOnlySpan<float> targets, Span<float> slopes, Span<float> losses)
    {
        for (int i = 0; i < losses.Length; i++)
        {
            ReadOnlySpan<float> target = targets.Slice(i * Aims, Aims);
            losses[i] = Compute(output.Slice(i * Values, Values), target, slopes.Slice(i * Values, Values));
        }
    }
}

/// <summary>One loss per example against its class labels, and its derivatives by the output, by code of the caller.</summary>
internal sealed record CustomLabelLossForward(
    LabelLoss Compute,
    int Classes,
    int Values,
    int Aims,
    BufferId Output,
    BufferId Labels,
    BufferId Slopes,
    BufferId Losses
) : Step("loss", [Output, Labels], [Slopes, Losses])
{
    public static CustomLabelLossForward Of(LossContext c, int labels, LabelLoss compute, int classes) =>
        new(compute, classes, c.Output.Count, labels, c.Buffers.Output, c.Buffers.Targets, c.Kept, c.Buffers.Losses);

    /// <summary>Computes example by example, in order.</summary>
    /// <param name="output">[batch, Values].</param>
    /// <param name="labels">[batch, Aims].</param>
    /// <param name="slopes">[batch, Values], overwritten.</param>
    /// <param name="losses">[batch], overwritten.</param>
    /// <exception cref="ArgumentException">A label is no class.</exception>
    public void Run(ReadOnlySpan<float> output, ReadOnlySpan<int> labels, Span<float> slopes, Span<float> losses)
    {
        if (labels.IndexOfAnyExceptInRange(0, Classes - 1) is >= 0 and int at)
            throw new ArgumentException(
                $"Example {at / Aims} of the batch has the label {labels[at]}; with {Classes} classes it must be 0 to {Classes - 1}."
            );
        for (int i = 0; i < losses.Length; i++)
        {
            ReadOnlySpan<int> own = labels.Slice(i * Aims, Aims);
            losses[i] = Compute(output.Slice(i * Values, Values), own, slopes.Slice(i * Values, Values));
        }
    }
}

/// <summary>The gradient of the mean over the batch.</summary>
internal sealed record CustomLossBackward(string Layer, BufferId Slopes, BufferId DOutput)
    : Step(Layer, [Slopes], [DOutput]);
