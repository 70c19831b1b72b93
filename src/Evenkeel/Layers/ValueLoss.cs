using Evenkeel.Graphs;
using Evenkeel.Lowering;

namespace Evenkeel.Layers;

/// <summary>
/// A loss of the network's output against float targets of the same shape, value by value: the mean over the values of an example, then over
/// the examples of a batch.
/// </summary>
public abstract record ValueLoss : Loss
{
    private protected ValueLoss(string kind)
        : base(kind) { }

    internal override int ClassesOf(Shape output) => 0;

    internal override BufferInfo Targets(Shape output) =>
        new("targets", Region.Bound, ElementType.Float32, output.Count, 0);

    internal override BufferInfo? Kept(Shape output) => null;

    internal override int LossesPerExample(Shape output) => 1;

    internal override void Forward(LossContext context) =>
        context.Steps.Add(
            new ValueLossForward("loss", this, context.Buffers.Output, context.Buffers.Targets, context.Buffers.Losses)
        );

    internal override void Backward(LossContext context, BufferId gradient) =>
        context.Steps.Add(
            new ValueLossBackward(
                "loss",
                this,
                context.Output.Count,
                context.Buffers.Output,
                context.Buffers.Targets,
                gradient
            )
        );
}
