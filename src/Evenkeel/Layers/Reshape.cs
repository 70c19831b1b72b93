using Evenkeel.Graphs;
using Evenkeel.Lowering;

namespace Evenkeel.Layers;

/// <summary>The same values in the same order under other dimensions.</summary>
/// <param name="Target">Shape made, of as many values.</param>
public sealed record Reshape(Shape Target) : Layer("reshape"), IOperation
{
    /// <inheritdoc/>
    public override Shape InferShape(ReadOnlySpan<Shape> inputs) =>
        inputs[0].Count == Target.Count
            ? Target
            : throw new ArgumentException($"{inputs[0]} has {inputs[0].Count} values and {Target} has {Target.Count}");

    void IOperation.Forward(ForwardContext context) =>
        context.Emit(new CopyRows(context.Name, 1, Target.Count, 0, 0, context.Input(0), new(context.Output)));

    void IOperation.Backward(BackwardContext context)
    {
        if (context.AccumulatingInputGradient(0) is { } dx)
            context.Emit(new CopyRows(context.Name, 1, Target.Count, 0, 0, context.OutputGradient, dx));
    }
}
