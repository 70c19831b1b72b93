using Evenkeel.Graphs;
using Evenkeel.Planning;

namespace Evenkeel.Layers;

/// <summary>
/// [height, width, channels] as one row of values, in that order. Files of networks that keep channels first order a linear
/// layer's inputs behind it differently.
/// </summary>
public sealed record Flatten : Layer
{
    /// <inheritdoc/>
    public override string Kind => "flatten";

    /// <inheritdoc/>
    public override Shape InferShape(ReadOnlySpan<Shape> inputs) => new(inputs[0].Count);

    /// <inheritdoc/>
    public override void Forward(ForwardContext context) =>
        context.Emit(
            new CopyRows(context.Name, 1, context.InputShape(0).Count, 0, 0, false, context.Input(0), context.Output)
        );

    /// <inheritdoc/>
    public override void Backward(BackwardContext context)
    {
        if (context.AccumulatingInputGradient(0) is { } dx)
            context.Emit(
                new CopyRows(
                    context.Name,
                    1,
                    context.InputShape(0).Count,
                    0,
                    0,
                    dx.Accumulates,
                    context.OutputGradient,
                    dx.Buffer
                )
            );
    }
}
