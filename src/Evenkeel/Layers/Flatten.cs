using Evenkeel.Graphs;
using Evenkeel.Lowering;

namespace Evenkeel.Layers;

/// <summary>
/// [height, width, channels] as one row of values, in that order. Files of networks that keep channels first order a linear
/// layer's inputs behind it differently.
/// </summary>
public sealed record Flatten() : Layer("flatten"), IOperation
{
    /// <inheritdoc/>
    public override Shape InferShape(ReadOnlySpan<Shape> inputs) => new(inputs[0].Count);

    void IOperation.Forward(ForwardContext context) =>
        context.Emit(
            new CopyRows(context.Name, 1, context.InputShape(0).Count, 0, 0, context.Input(0), new(context.Output))
        );

    void IOperation.Backward(BackwardContext context)
    {
        if (context.AccumulatingInputGradient(0) is { } dx)
            context.Emit(new CopyRows(context.Name, 1, context.InputShape(0).Count, 0, 0, context.OutputGradient, dx));
    }
}
