using Evenkeel.Graphs;
using Evenkeel.Lowering;

namespace Evenkeel.Layers;

/// <summary>
/// A value times one factor for each of an example's channels: what <see cref="Multiply"/> of an expanded row is in a plan for inference. Only rewrites
/// make it.
/// </summary>
internal sealed record MultiplyChannels() : Layer("multiplychannels"), IOperation
{
    public override int InputCount => 2;

    public override Shape InferShape(ReadOnlySpan<Shape> inputs) =>
        inputs[1].Count == inputs[0].Channels
            ? inputs[0]
            : throw new ArgumentException($"{inputs[1]} is not one factor for each channel of {inputs[0]}");

    void IOperation.Forward(ForwardContext context) =>
        context.Emit(
            new MultiplyChannelsForward(
                context.Name,
                context.InputShape(0),
                context.Input(0),
                context.Input(1),
                context.Output
            )
        );

    void IOperation.Backward(BackwardContext context) =>
        throw new InvalidOperationException("This layer is made in plans for inference only.");
}

/// <summary>y = x times its example's factors.</summary>
internal sealed record MultiplyChannelsForward(string Layer, Shape Shape, BufferId X, BufferId Factors, BufferId Y)
    : Step(Layer, [X, Factors], [Y]);
