using Evenkeel.Graphs;
using Evenkeel.Lowering;

namespace Evenkeel.Layers;

/// <summary>
/// y = scale * x + shift per channel: what batch normalisation becomes once its statistics are fixed (Algorithm 2, line 11).
/// </summary>
public sealed record ChannelAffine : Layer, IOperation
{
    /// <inheritdoc/>
    public override string Kind => "affine";

    /// <summary>Whether training may change scale and shift.</summary>
    public bool Trainable { get; init; } = true;

    /// <inheritdoc/>
    public override Shape InferShape(ReadOnlySpan<Shape> inputs) => inputs[0];

    /// <inheritdoc/>
    public override IReadOnlyList<TensorSpec> Tensors(ReadOnlySpan<Shape> inputs) =>
        [
            new("weight", [inputs[0].Channels], TensorRole.Offset)
            {
                Initializer = new ConstantInitializer(1),
                Trainable = Trainable,
            },
            new("bias", [inputs[0].Channels], TensorRole.Offset) { Trainable = Trainable },
        ];

    void IOperation.Forward(ForwardContext context)
    {
        Shape shape = context.InputShape(0);
        context.Emit(
            new ChannelAffineForward(
                context.Name,
                shape.Positions,
                shape.Channels,
                context.Input(0),
                context.Tensor("weight"),
                context.Tensor("bias"),
                context.Output
            )
        );
    }

    void IOperation.Backward(BackwardContext context)
    {
        Shape shape = context.InputShape(0);
        int? dx = context.InputGradient(0),
            dscale = context.TensorGradient("weight"),
            dshift = context.TensorGradient("bias");
        if (dx is null && dscale is null)
            return;
        context.Emit(
            new ChannelAffineBackward(
                context.Name,
                shape.Positions,
                shape.Channels,
                context.Input(0),
                context.OutputGradient,
                context.Tensor("weight"),
                context.Tensor("bias"),
                dx ?? context.Discard("dx", shape.Count, 0),
                dscale ?? context.Discard("dscale", 0, shape.Channels),
                dshift ?? context.Discard("dshift", 0, shape.Channels)
            )
        );
    }
}

/// <summary>y = scale * x + shift.</summary>
internal sealed record ChannelAffineForward(
    string Layer,
    int Positions,
    int Channels,
    int X,
    int Scale,
    int Shift,
    int Y
) : Step(Layer, [X, Scale, Shift], [Y]);

/// <summary>dx = scale * dy, dscale = sum of x * dy, dshift = sum of dy.</summary>
internal sealed record ChannelAffineBackward(
    string Layer,
    int Positions,
    int Channels,
    int X,
    int DY,
    int Scale,
    int Shift,
    int DX,
    int DScale,
    int DShift
) : Step(Layer, [X, DY, Scale, Shift], [DX, DScale, DShift]);
