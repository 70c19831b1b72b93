using Evenkeel.Graphs;
using Evenkeel.Layers;
using Evenkeel.Lowering;

namespace Evenkeel.Operations;

/// <summary>A sum of two values, and the activation behind it.</summary>
internal sealed record AddOperation(Add Layer) : Operation<Add>(Layer), IFusesActivation
{
    /// <inheritdoc/>
    public Activation? Fused { get; init; }

    /// <inheritdoc/>
    public Layer With(Activation activation) => this with { Fused = activation };

    /// <inheritdoc/>
    public string? Obstacle(Activation activation, PlanMode mode) =>
        mode == PlanMode.Training ? "the gradient of a sum is copied, not computed" : null;

    /// <inheritdoc/>
    public override void Forward(ForwardContext context) =>
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

    /// <inheritdoc/>
    public override void Backward(BackwardContext context)
    {
        Shape shape = context.InputShape(0);
        for (int i = 0; i < InputCount; i++)
        {
            if (context.AccumulatingInputGradient(i) is { } dx)
                context.Emit(
                    new CopyRows(context.Name, shape.Positions, shape.Channels, 0, 0, context.OutputGradient, dx)
                );
        }
    }
}

/// <summary>y = g(a + b).</summary>
internal sealed record AddForward(string Layer, Activation? Fused, int PerExample, BufferId A, BufferId B, BufferId Y)
    : Step(Layer, [A, B], [Y]);
