using System.Collections.Immutable;
using System.Globalization;
using Evenkeel.Graphs;
using Evenkeel.Layers;
using Evenkeel.Lowering;

namespace Evenkeel;

/// <summary>
/// Softmax and cross-entropy with integer labels, averaged over the batch. It is not a layer: the training plan adds it after the network's
/// output. If the network itself ends with a softmax or log-softmax, the plan leaves that layer out, because the loss already contains it.
/// </summary>
public sealed record SoftmaxCrossEntropy() : Loss("softmaxCrossEntropy")
{
    /// <summary>
    /// The share of each label's probability that is spread over all classes, in [0, 1) (Szegedy et al. 2016, section 7).
    /// </summary>
    public double LabelSmoothing { get; init; }

    /// <summary>
    /// A weight above 0 for each class, or empty. With weights, the loss is the sum of weight times loss divided by the sum of weights,
    /// over the whole batch of all slices and ranks.
    /// </summary>
    public ImmutableArray<double> ClassWeights { get; init; } = [];

    internal override ImmutableArray<double> WeightOfClass => ClassWeights;

    private bool IsPlain => LabelSmoothing == 0 && ClassWeights.IsEmpty;

    /// <inheritdoc/>
    public override void Validate()
    {
        if (!(LabelSmoothing >= 0 && LabelSmoothing < 1))
            throw new ArgumentException($"label smoothing must be at least 0 and below 1, not {LabelSmoothing}");
        if (
            ClassWeights.FirstOrDefault(w => !(w > 0 && float.IsFinite((float)w) && (float)w > 0), 1)
            is not 1
                and double wrong
        )
            throw new ArgumentException($"the weight of a class must be finite and above 0, not {wrong}");
    }

    /// <summary>Whether smoothing and weights are equal.</summary>
    public bool Equals(SoftmaxCrossEntropy? other) =>
        other is not null
        && LabelSmoothing.Equals(other.LabelSmoothing)
        && ClassWeights.AsSpan().SequenceEqual(other.ClassWeights.AsSpan());

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(LabelSmoothing, ClassWeights.Length);

    /// <summary>Kind and constants, with all their digits.</summary>
    public override string ToString() =>
        string.Create(
            CultureInfo.InvariantCulture,
            $"{Kind}(labelSmoothing {LabelSmoothing:R}, classWeights [{string.Join(' ', ClassWeights.Select(w => w.ToString("R", CultureInfo.InvariantCulture)))}])"
        );

    internal override void Require(Graph graph)
    {
        int classes = graph.OutputShape.Channels;
        if (!ClassWeights.IsEmpty && ClassWeights.Length != classes)
            throw new GraphException(
                $"The loss has weights of {ClassWeights.Length} classes, but the network's output '{graph.OutputName}' has {classes}; give one weight for each."
            );
    }

    internal override Graph Logits(Graph graph, PlanOptions options) =>
        Without(graph, options, layer => layer is Softmax or LogSoftmax);

    internal override int ClassesOf(Shape output) => output.Channels;

    internal override BufferInfo Targets(Shape output) =>
        new("labels", Region.Bound, ElementType.Int32, output.Positions, 0);

    internal override BufferInfo Kept(Shape output) =>
        new("probabilities", Region.Activation, ElementType.Float32, output.Count, 0);

    internal override int LossesPerExample(Shape output) => output.Positions;

    internal override void Forward(LossContext context)
    {
        (int positions, int classes) = (context.Output.Positions, context.Output.Channels);
        LossBuffers b = context.Buffers;
        context.Steps.Add(
            IsPlain
                ? new SoftmaxCrossEntropyForward(
                    "loss",
                    positions,
                    classes,
                    b.Output,
                    b.Targets,
                    context.Kept,
                    b.Losses
                )
                : new WeightedCrossEntropyForward("loss", Aim(context), b.Output, b.Targets, context.Kept, b.Losses)
        );
    }

    internal override void Backward(LossContext context, BufferId gradient)
    {
        (int positions, int classes) = (context.Output.Positions, context.Output.Channels);
        context.Steps.Add(
            IsPlain
                ? new SoftmaxCrossEntropyBackward(
                    "loss",
                    positions,
                    classes,
                    context.Kept,
                    context.Buffers.Targets,
                    gradient
                )
                : new WeightedCrossEntropyBackward(
                    "loss",
                    positions,
                    Aim(context),
                    context.Kept,
                    context.Buffers.Targets,
                    gradient
                )
        );
    }

    private ClassAim Aim(LossContext context) =>
        new(
            ClassWeights.IsEmpty
                ? [.. Enumerable.Repeat(1f, context.Output.Channels)]
                : [.. ClassWeights.Select(w => (float)w)],
            (float)LabelSmoothing
        );
}
