using Evenkeel.Layers;
using Evenkeel.Lowering;

namespace Evenkeel.Operations;

/// <summary>A product with weights.</summary>
internal sealed record LinearOperation(Linear Layer) : Operation<Linear>(Layer), IRematerialized
{
    /// <inheritdoc/>
    public bool Recomputes { get; init; }

    /// <inheritdoc/>
    public override void Forward(ForwardContext context) => context.Emit(Product(context, context.Output));

    /// <inheritdoc/>
    public override void Backward(BackwardContext context)
    {
        LinearSize size = Size(context);
        BufferId dy = context.OutputGradient;
        if (context.TensorGradient("weight") is { } dw)
            context.Emit(new LinearGradientToWeights(context.Name, size, context.Input(0), dy, dw));
        if (Layer.Bias && context.TensorGradient("bias") is { } db)
            context.Emit(new BiasGradient(context.Name, size, dy, db));
        if (context.InputGradient(0) is { } dx)
            context.Emit(new LinearGradientToInput(context.Name, size, dy, context.Tensor("weight"), dx));
    }

    /// <inheritdoc/>
    public Step Recompute(BackwardContext context, BufferId target) => Product(context, target);

    private LinearStep Product(LoweringContext context, BufferId y)
    {
        LinearSize size = Size(context);
        BufferId x = context.Input(0),
            w = context.Tensor("weight");
        return Layer.Bias
            ? new LinearBiasForward(context.Name, size, x, w, context.Tensor("bias"), y)
            : new LinearForward(context.Name, size, x, w, y);
    }

    private LinearSize Size(LoweringContext context)
    {
        Shape input = context.InputShape(0);
        return new LinearSize(input.Positions, input.Channels, Layer.Units);
    }
}
