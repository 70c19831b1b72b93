using Evenkeel.Graphs;
using Evenkeel.Lowering;

namespace Evenkeel.Layers;

/// <summary>
/// Adds noise of mean 0 wherever statistics are those of the batch: it keeps values apart that would otherwise be all alike. The noise follows from the
/// plan's seed, the layer's name and the training step alone. In inference it is the identity.
/// </summary>
/// <param name="Deviation">Standard deviation of the noise, finite, 0 or more.</param>
public sealed record GaussianNoise(float Deviation) : Layer("gaussiannoise"), IOperation
{
    /// <inheritdoc/>
    public override Shape InferShape(ReadOnlySpan<Shape> inputs) =>
        Deviation >= 0 && float.IsFinite(Deviation)
            ? inputs[0]
            : throw new ArgumentException($"the deviation must be finite and 0 or more, not {Deviation}");

    void IOperation.Forward(ForwardContext context)
    {
        (BufferId x, BufferId y) = (context.Input(0), context.Output);
        context.Emit(
            context.Mode == PlanMode.Inference
                ? new CopyRows(context.Name, 1, context.InputShape(0).Count, 0, 0, x, new(y))
                : new GaussianNoiseStep(context.Name, Deviation, context.RandomSeed, x, y)
        );
    }

    void IOperation.Backward(BackwardContext context)
    {
        if (context.AccumulatingInputGradient(0) is { } dx)
            context.Emit(new CopyRows(context.Name, 1, context.InputShape(0).Count, 0, 0, context.OutputGradient, dx));
    }
}

/// <summary>y = x + deviation * noise.</summary>
internal sealed record GaussianNoiseStep(string Layer, float Deviation, ulong Seed, BufferId X, BufferId Y)
    : Step(Layer, [X], [Y]);
