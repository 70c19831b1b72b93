using Evenkeel.Graphs;
using Evenkeel.Lowering;

namespace Evenkeel.Layers;

/// <summary>A stored value, the same for every example. What it reads says how many examples there are, and nothing else.</summary>
/// <param name="Target">Shape of the value.</param>
public sealed record ConstantValue(Shape Target) : Layer("constant"), IOperation
{
    /// <summary>Whether training may change the value.</summary>
    public bool Trainable { get; init; } = true;

    /// <inheritdoc/>
    public override Shape InferShape(ReadOnlySpan<Shape> inputs) => Target;

    /// <inheritdoc/>
    public override IReadOnlyList<TensorSpec> Tensors(ReadOnlySpan<Shape> inputs) =>
        [new("value", Target.Dimensions, TensorRole.Offset) { Trainable = Trainable }];

    void IOperation.Forward(ForwardContext context) =>
        context.Emit(new RepeatValue(context.Name, context.Tensor("value"), context.Output));

    void IOperation.Backward(BackwardContext context)
    {
        if (context.TensorGradient("value") is { } gradient)
            context.Emit(
                new BiasGradient(context.Name, new LinearSize(1, 1, Target.Count), context.OutputGradient, gradient)
            );
        if (context.AccumulatingInputGradient(0) is { Accumulates: false } dx)
            context.Emit(new NoGradient(context.Name, dx.Buffer));
    }
}

/// <summary>Each example of y = the value.</summary>
internal sealed record RepeatValue(string Layer, BufferId Value, BufferId Y) : Step(Layer, [Value], [Y]);

/// <summary>dx = 0.</summary>
internal sealed record NoGradient(string Layer, BufferId DX) : Step(Layer, [], [DX]);
