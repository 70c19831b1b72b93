using Evenkeel.Graphs;
using Evenkeel.Lowering;

namespace Evenkeel.Layers;

/// <summary>The mean of each channel over all positions: [height, width, channels] to [channels].</summary>
public sealed record GlobalAveragePool() : Layer("globalaveragepool"), IOperation
{
    /// <inheritdoc/>
    public override Shape InferShape(ReadOnlySpan<Shape> inputs) => new(inputs[0].Channels);

    void IOperation.Forward(ForwardContext context)
    {
        Shape shape = context.InputShape(0);
        context.Emit(
            new GlobalAverageForward(context.Name, shape.Positions, shape.Channels, context.Input(0), context.Output)
        );
    }

    void IOperation.Backward(BackwardContext context)
    {
        Shape shape = context.InputShape(0);
        if (context.AccumulatingInputGradient(0) is { } dx)
            context.Emit(
                new GlobalAverageBackward(context.Name, shape.Positions, shape.Channels, context.OutputGradient, dx)
            );
    }
}
