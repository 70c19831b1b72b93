using Evenkeel.Graphs;
using Evenkeel.Lowering;

namespace Evenkeel.Layers;

/// <summary>
/// y = x / (k + alpha / size * sum of x^2 over neighbouring channels)^beta: the normalisation of the original Inception, which
/// batch normalisation makes unnecessary (paper, section 4.2.1).
/// </summary>
/// <param name="Size">Channels in the window, 1 or more.</param>
/// <param name="Alpha">Weight of the squares.</param>
/// <param name="Beta">Exponent.</param>
/// <param name="K">Constant, above 0.</param>
public sealed record LocalResponseNorm(int Size = 5, float Alpha = 1e-4f, float Beta = 0.75f, float K = 1f)
    : Layer("lrn"),
        IOperation
{
    /// <inheritdoc/>
    public override Shape InferShape(ReadOnlySpan<Shape> inputs) =>
        Size >= 1 && K > 0 && Alpha >= 0 && float.IsFinite(Alpha) && float.IsFinite(Beta) && float.IsFinite(K)
            ? inputs[0]
            : throw new ArgumentException("size must be 1 or more, k above 0, alpha 0 or more, all finite");

    void IOperation.Forward(ForwardContext context) =>
        context.Emit(
            new LocalResponseForward(context.Name, this, context.InputShape(0), context.Input(0), context.Output)
        );

    void IOperation.Backward(BackwardContext context)
    {
        if (context.InputGradient(0) is { } dx)
            context.Emit(
                new LocalResponseBackward(
                    context.Name,
                    this,
                    context.InputShape(0),
                    context.Input(0),
                    context.Output,
                    context.OutputGradient,
                    dx
                )
            );
    }
}

/// <summary>Forward step.</summary>
internal sealed record LocalResponseForward(string Layer, LocalResponseNorm Norm, Shape Shape, BufferId X, BufferId Y)
    : Step(Layer, [X], [Y]);

/// <summary>Backward step.</summary>
internal sealed record LocalResponseBackward(
    string Layer,
    LocalResponseNorm Norm,
    Shape Shape,
    BufferId X,
    BufferId Y,
    BufferId DY,
    BufferId DX
) : Step(Layer, [X, Y, DY], [DX]);
