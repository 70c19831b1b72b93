using Evenkeel.Graphs;
using Evenkeel.Planning;

namespace Evenkeel.Layers;

/// <summary>
/// The logarithm of <see cref="Softmax"/>, x - ln(sum of e^x) over the last dimension; its classes' order and loss are those of the softmax.
/// </summary>
public sealed record LogSoftmax : Layer
{
    /// <inheritdoc/>
    public override string Kind => "logsoftmax";

    /// <inheritdoc/>
    public override Shape InferShape(ReadOnlySpan<Shape> inputs) => inputs[0];

    /// <inheritdoc/>
    public override void Forward(ForwardContext context) =>
        context.Emit(
            new LogSoftmaxForward(context.Name, context.InputShape(0).Channels, context.Input(0), context.Output)
        );

    /// <inheritdoc/>
    public override void Backward(BackwardContext context)
    {
        if (context.InputGradient(0) is { } dx)
            context.Emit(
                new LogSoftmaxBackward(
                    context.Name,
                    context.InputShape(0).Channels,
                    context.Output,
                    context.OutputGradient,
                    dx
                )
            );
    }
}

/// <summary>y = x - ln(sum of e^x) per row.</summary>
public sealed record LogSoftmaxForward(string Layer, int Channels, int X, int Y) : Step(Layer, [X], [Y]);

/// <summary>dx = dy - e^y (sum of dy).</summary>
public sealed record LogSoftmaxBackward(string Layer, int Channels, int Y, int DY, int DX) : Step(Layer, [Y, DY], [DX]);
