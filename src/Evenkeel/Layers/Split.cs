using System.Collections.Immutable;
using Evenkeel.Graphs;
using Evenkeel.Lowering;

namespace Evenkeel.Layers;

/// <summary>Cuts the channels of a value into several values: the opposite of <see cref="Concat"/>.</summary>
/// <param name="Sizes">Channels of each, 1 or more; together they are those of the input.</param>
public sealed record Split(AxisList Sizes) : Layer("split"), IOperation
{
    bool IOperation.CanWriteRows => true;

    /// <inheritdoc/>
    public override Shape InferShape(ReadOnlySpan<Shape> inputs) => InferShapes(inputs)[0];

    /// <inheritdoc/>
    public override ImmutableArray<Shape> InferShapes(ReadOnlySpan<Shape> inputs)
    {
        Shape input = inputs[0];
        if (Sizes.Count == 0 || Sizes.Any(size => size < 1) || Sizes.Sum(size => (long)size) != input.Channels)
            throw new ArgumentException($"parts of {Sizes} channels do not make up the {input.Channels} of {input}");
        return [.. Sizes.Select(size => new Shape([.. input.Dimensions[..^1], size]))];
    }

    void IOperation.Forward(ForwardContext context)
    {
        int positions = context.InputShape(0).Positions;
        for (int i = 0, offset = 0; i < Sizes.Count; offset += Sizes[i++])
            context.Emit(
                new CopyRows(context.Name, positions, Sizes[i], offset, 0, context.Input(0), new(context.OutputAt(i)))
            );
    }

    void IOperation.Backward(BackwardContext context)
    {
        if (context.AccumulatingInputGradient(0) is not { } dx)
            return;
        BufferId?[] gradients = [.. Enumerable.Range(0, Sizes.Count).Select(context.OutputGradientAt)];
        if (!dx.Accumulates && gradients.Contains(null))
            context.Emit(new NoGradient(context.Name, dx.Buffer));
        int positions = context.InputShape(0).Positions;
        for (int i = 0, offset = 0; i < Sizes.Count; offset += Sizes[i++])
        {
            if (gradients[i] is { } dy)
                context.Emit(new CopyRows(context.Name, positions, Sizes[i], 0, offset, dy, dx));
        }
    }
}
