using Evenkeel.Graphs;
using Evenkeel.Lowering;

namespace Evenkeel.Layers;

/// <summary>
/// Puts the channels of several values of the same positions side by side. Branches whose last layer can write rows with gaps
/// write straight into their place, so that nothing is copied.
/// </summary>
/// <param name="Count">Values read, 1 or more.</param>
public sealed record Concat(int Count) : Layer("concat"), IOperation
{
    /// <inheritdoc/>
    public override int InputCount => Count;

    bool IOperation.CanWriteRows => true;

    bool IOperation.HoldsInputs => true;

    /// <inheritdoc/>
    public override Shape InferShape(ReadOnlySpan<Shape> inputs)
    {
        if (inputs.IsEmpty)
            throw new ArgumentException("it needs one value or more");
        int channels = 0;
        foreach (Shape input in inputs)
        {
            if (!input.Dimensions.AsSpan()[..^1].SequenceEqual(inputs[0].Dimensions.AsSpan()[..^1]))
                throw new ArgumentException($"its values differ in more than channels: {inputs[0]} and {input}");
            channels = checked(channels + input.Channels);
        }

        int[] dimensions = [.. inputs[0].Dimensions];
        dimensions[^1] = channels;
        return new Shape(dimensions);
    }

    void IOperation.Forward(ForwardContext context)
    {
        for (int i = 0, offset = 0; i < Count; offset += context.InputShape(i).Channels, i++)
        {
            Shape shape = context.InputShape(i);
            if (!context.IsPartOfOutput(i))
                context.Emit(
                    new CopyRows(
                        context.Name,
                        shape.Positions,
                        shape.Channels,
                        0,
                        offset,
                        context.Input(i),
                        new(context.Output)
                    )
                );
        }
    }

    void IOperation.Backward(BackwardContext context)
    {
        for (int i = 0, offset = 0; i < Count; offset += context.InputShape(i).Channels, i++)
        {
            Shape shape = context.InputShape(i);
            if (context.IsPartOfOutput(i))
                context.ShareOutputGradient(i);
            else if (context.AccumulatingInputGradient(i) is { } dx)
                context.Emit(
                    new CopyRows(context.Name, shape.Positions, shape.Channels, offset, 0, context.OutputGradient, dx)
                );
        }
    }
}

/// <summary>Copies or adds some channels of one value into some channels of another.</summary>
/// <param name="Layer">Name of the layer served.</param>
/// <param name="Positions">Rows per example.</param>
/// <param name="Channels">Channels copied.</param>
/// <param name="SourceOffset">First channel read.</param>
/// <param name="TargetOffset">First channel written.</param>
/// <param name="Source">Buffer read.</param>
/// <param name="Target">Buffer written.</param>
internal sealed record CopyRows(
    string Layer,
    int Positions,
    int Channels,
    int SourceOffset,
    int TargetOffset,
    BufferId Source,
    GradientTarget Target
) : Step(Layer, Target.Accumulates ? [Source, Target.Buffer] : [Source], [Target.Buffer]);
