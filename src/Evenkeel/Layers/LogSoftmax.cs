using Evenkeel.Graphs;
using Evenkeel.Lowering;

namespace Evenkeel.Layers;

/// <summary>
/// The logarithm of <see cref="Softmax"/>, x - ln(sum of e^x) over the last dimension; its classes' order and loss are those of the softmax.
/// </summary>
public sealed record LogSoftmax() : Layer("logsoftmax"), IOperation
{
    /// <inheritdoc/>
    public override Shape InferShape(ReadOnlySpan<Shape> inputs) => inputs[0];

    void IOperation.Forward(ForwardContext context) =>
        context.Emit(
            new LogSoftmaxForward(context.Name, context.InputShape(0).Channels, context.Input(0), context.Output)
        );

    void IOperation.Backward(BackwardContext context)
    {
        int channels = context.InputShape(0).Channels;
        if (context.InputGradient(0) is { } dx)
            context.Emit(new LogSoftmaxBackward(context.Name, channels, context.Output, context.OutputGradient, dx));
    }
}

/// <summary>y = x - ln(sum of e^x) per row.</summary>
internal sealed record LogSoftmaxForward(string Layer, int Channels, BufferId X, BufferId Y) : Step(Layer, [X], [Y]);

/// <summary>dx = dy - e^y (sum of dy).</summary>
internal sealed record LogSoftmaxBackward(string Layer, int Channels, BufferId Y, BufferId DY, BufferId DX)
    : Step(Layer, [Y, DY], [DX]);
