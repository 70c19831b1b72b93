using Evenkeel.Graphs;
using Evenkeel.Lowering;

namespace Evenkeel.Layers;

/// <summary>
/// e^x / sum of e^x over the last dimension, as part of a network that is shipped. Training needs none: its loss holds the softmax.
/// </summary>
public sealed record Softmax() : Layer("softmax"), IOperation
{
    /// <inheritdoc/>
    public override Shape InferShape(ReadOnlySpan<Shape> inputs) => inputs[0];

    void IOperation.Forward(ForwardContext context) =>
        context.Emit(
            new SoftmaxForward(context.Name, context.InputShape(0).Channels, context.Input(0), context.Output)
        );

    void IOperation.Backward(BackwardContext context)
    {
        int channels = context.InputShape(0).Channels;
        if (context.InputGradient(0) is { } dx)
            context.Emit(new SoftmaxBackward(context.Name, channels, context.Output, context.OutputGradient, dx));
    }
}

/// <summary>y = e^x / sum of e^x per row.</summary>
internal sealed record SoftmaxForward(string Layer, int Channels, BufferId X, BufferId Y) : Step(Layer, [X], [Y]);

/// <summary>dx = y (dy - sum of dy y).</summary>
internal sealed record SoftmaxBackward(string Layer, int Channels, BufferId Y, BufferId DY, BufferId DX)
    : Step(Layer, [Y, DY], [DX]);
