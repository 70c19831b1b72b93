using Evenkeel.Graphs;
using Evenkeel.Lowering;

namespace Evenkeel.Layers;

/// <summary>The same values in the same order under other dimensions.</summary>
public abstract record ReshapingLayer : Layer, IOperation
{
    private protected ReshapingLayer(string kind)
        : base(kind) { }

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

/// <summary>The same values in the same order under other dimensions.</summary>
/// <param name="Target">Shape made, of as many values.</param>
public sealed record Reshape(Shape Target) : ReshapingLayer("reshape")
{
    /// <inheritdoc/>
    public override Shape InferShape(ReadOnlySpan<Shape> inputs) =>
        inputs[0].Count == Target.Count
            ? Target
            : throw new ArgumentException($"{inputs[0]} has {inputs[0].Count} values and {Target} has {Target.Count}");
}

/// <summary>
/// [height, width, channels] as one row of values, in that order. Files of networks that keep channels first order a linear
/// layer's inputs behind it differently.
/// </summary>
public sealed record Flatten() : ReshapingLayer("flatten")
{
    /// <inheritdoc/>
    public override Shape InferShape(ReadOnlySpan<Shape> inputs) => new(inputs[0].Count);
}
