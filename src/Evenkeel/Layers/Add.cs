using Evenkeel.Graphs;
using Evenkeel.Lowering;

namespace Evenkeel.Layers;

/// <summary>The sum of two values of one shape.</summary>
public sealed record Add : Layer, IOperation
{
    /// <summary>An activation computed in the same pass; set by a rewrite for inference only, for its gradient would need the sum.</summary>
    public Activation? Fused { get; init; }

    /// <inheritdoc/>
    public override string Kind => "add";

    /// <inheritdoc/>
    public override int InputCount => 2;

    /// <inheritdoc/>
    public override Shape InferShape(ReadOnlySpan<Shape> inputs) =>
        inputs[0] == inputs[1]
            ? inputs[0]
            : throw new ArgumentException($"it adds values of one shape, not {inputs[0]} and {inputs[1]}");

    void IOperation.Forward(ForwardContext context) =>
        context.Emit(
            new AddForward(
                context.Name,
                Fused,
                context.InputShape(0).Count,
                context.Input(0),
                context.Input(1),
                context.Output
            )
        );

    void IOperation.Backward(BackwardContext context)
    {
        Shape shape = context.InputShape(0);
        for (int i = 0; i < InputCount; i++)
        {
            if (context.AccumulatingInputGradient(i) is { } dx)
                context.Emit(
                    new CopyRows(
                        context.Name,
                        shape.Positions,
                        shape.Channels,
                        0,
                        0,
                        dx.Accumulates,
                        context.OutputGradient,
                        dx.Buffer
                    )
                );
        }
    }
}

/// <summary>y = g(a + b).</summary>
internal sealed record AddForward(string Layer, Activation? Fused, int PerExample, int A, int B, int Y)
    : Step(Layer, [A, B], [Y]);
