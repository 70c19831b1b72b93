using Evenkeel.Lowering;

namespace Evenkeel.Layers;

/// <summary>One loss per example, and its derivatives by the output, by code of the caller.</summary>
internal sealed record CustomLossForward(
    string Layer,
    ExampleLoss Compute,
    int Values,
    BufferId Output,
    BufferId Targets,
    BufferId Slopes,
    BufferId Losses
) : Step(Layer, [Output, Targets], [Slopes, Losses])
{
    /// <summary>Computes example by example, in order.</summary>
    /// <param name="output">[batch, Values].</param>
    /// <param name="targets">[batch, Values].</param>
    /// <param name="slopes">[batch, Values], overwritten.</param>
    /// <param name="losses">[batch], overwritten.</param>
    public void Run(ReadOnlySpan<float> output, ReadOnlySpan<float> targets, Span<float> slopes, Span<float> losses)
    {
        for (int i = 0; i < losses.Length; i++)
        {
            int start = i * Values;
            losses[i] = Compute(output.Slice(start, Values), targets.Slice(start, Values), slopes.Slice(start, Values));
        }
    }
}

/// <summary>The gradient of the mean over the batch.</summary>
internal sealed record CustomLossBackward(string Layer, BufferId Slopes, BufferId DOutput)
    : Step(Layer, [Slopes], [DOutput]);
