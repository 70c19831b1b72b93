using Evenkeel.Layers;
using Evenkeel.Lowering;

namespace Evenkeel.Operations;

/// <summary>Max pooling whose output and winners the backward pass makes again instead of keeping them.</summary>
internal sealed record MaxPoolOperation(MaxPoolingLayer Layer) : Operation<MaxPoolingLayer>(Layer), IRematerialized
{
    /// <inheritdoc/>
    public bool Recomputes => true;

    /// <inheritdoc/>
    public override bool CanWriteRows => true;

    /// <inheritdoc/>
    public override void Forward(ForwardContext context) => ((IOperation)Layer).Forward(context);

    /// <inheritdoc/>
    public override void Backward(BackwardContext context) => ((IOperation)Layer).Backward(context);

    /// <inheritdoc/>
    public Step Recompute(BackwardContext context, BufferId target) => Layer.ForwardAgain(context, target);
}
