using Evenkeel.Graphs;
using Evenkeel.Lowering;

namespace Evenkeel.Layers;

/// <summary>
/// Sets values to 0 with the given probability while training and scales the rest up. The mask follows from the plan's seed, the
/// layer's name and the training step alone. In plans that do not train it is the identity.
/// </summary>
/// <param name="Rate">Probability of 0, in [0, 1).</param>
public sealed record Dropout(float Rate) : Layer("dropout"), IOperation
{
    /// <inheritdoc/>
    public override Shape InferShape(ReadOnlySpan<Shape> inputs) =>
        Rate is >= 0 and < 1 ? inputs[0] : throw new ArgumentException($"the rate must be in [0, 1), not {Rate}");

    void IOperation.Forward(ForwardContext context)
    {
        (BufferId x, BufferId y) = (context.Input(0), context.Output);
        context.Emit(
            context.Mode == PlanMode.Training
                ? new DropoutStep(context.Name, Rate, context.RandomSeed, x, y)
                : new CopyRows(context.Name, 1, context.InputShape(0).Count, 0, 0, x, new(y))
        );
    }

    void IOperation.Backward(BackwardContext context)
    {
        if (context.InputGradient(0) is { } dx)
            context.Emit(new DropoutStep(context.Name, Rate, context.RandomSeed, context.OutputGradient, dx));
    }
}

/// <summary>y = x * mask / (1 - rate); the gradient passes through the same mask.</summary>
internal sealed record DropoutStep(string Layer, float Rate, ulong Seed, BufferId X, BufferId Y)
    : Step(Layer, [X], [Y]);
