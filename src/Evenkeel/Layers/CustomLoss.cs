using Evenkeel.Graphs;
using Evenkeel.Layers;
using Evenkeel.Lowering;

namespace Evenkeel;

/// <summary>The loss of one example.</summary>
/// <param name="output">The network's output for the example.</param>
/// <param name="target">The target, with as many values, or with <see cref="CustomLoss.TargetLength"/> values.</param>
/// <param name="gradient">
/// Receives the derivative of the loss with respect to each value of <paramref name="output"/>; overwrite all of them.
/// </param>
/// <returns>The loss; training minimises its mean over the batch.</returns>
public delegate float ExampleLoss(ReadOnlySpan<float> output, ReadOnlySpan<float> target, Span<float> gradient);

/// <summary>
/// Your own loss for float targets or class labels. It is code, so a configuration and the record of a run contain only its name and its targets;
/// the program gives the code again to go on. Checkpoints and ranks compare the name, so change the name whenever you change the code.
/// </summary>
public sealed record CustomLoss : Loss
{
    private readonly Func<LossContext, int, Step> _forward;

    /// <summary>Creates a loss for float targets, which come from an <see cref="ITargetDataset"/>.</summary>
    /// <param name="name">Name of the loss in checkpoints, in messages, and for the comparison of ranks.</param>
    /// <param name="compute">
    /// Called for each example in turn, on the thread that runs the step or the evaluation. If it allocates nothing, the step allocates
    /// nothing.
    /// </param>
    /// <exception cref="ArgumentException">The name is empty.</exception>
    public CustomLoss(string name, ExampleLoss compute)
        : this(name, (context, targets) => CustomLossForward.Of(context, targets, compute)) =>
        ArgumentNullException.ThrowIfNull(compute);

    /// <summary>Names a loss against class labels, whatever the shape of the network's output.</summary>
    /// <param name="name">As with float targets.</param>
    /// <param name="compute">As with float targets.</param>
    /// <param name="classes">Labels are 0 to this number - 1.</param>
    /// <exception cref="ArgumentException">The name is empty, or there is not one class.</exception>
    public CustomLoss(string name, LabelLoss compute, int classes)
        : this(name, (context, labels) => CustomLabelLossForward.Of(context, labels, compute, classes))
    {
        ArgumentNullException.ThrowIfNull(compute);
        ArgumentOutOfRangeException.ThrowIfLessThan(classes, 1);
        (Classes, TargetLength) = (classes, 1);
    }

    internal CustomLoss(string name, Func<LossContext, int, Step> forward)
        : base("custom")
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(name);
        (Name, _forward) = (name, forward);
    }

    /// <summary>Name of the loss in checkpoints, in messages, and for the comparison of ranks.</summary>
    public string Name { get; }

    /// <summary>Number of classes of the labels; null for float targets.</summary>
    public int? Classes { get; internal init; }

    /// <summary>Floats or labels of one example, 1 or more; null for as many floats as the network's output has.</summary>
    public int? TargetLength { get; init; }

    /// <inheritdoc/>
    public override void Validate()
    {
        if (TargetLength < 1)
            throw new ArgumentException(
                $"the target of the loss '{Name}' must have 1 value or more, not {TargetLength}"
            );
    }

    /// <summary>Whether both have the same name and take the same targets.</summary>
    public bool Equals(CustomLoss? other) =>
        other is not null && (Name, Classes, TargetLength) == (other.Name, other.Classes, other.TargetLength);

    /// <inheritdoc/>
    public override int GetHashCode() => Name.GetHashCode(StringComparison.Ordinal);

    /// <summary>Kind and name.</summary>
    public override string ToString() => $"{Kind}({Name})";

    internal override int ClassesOf(Shape output) => Classes ?? 0;

    internal override BufferInfo Targets(Shape output) =>
        Classes is null
            ? new("targets", Region.Bound, ElementType.Float32, TargetLength ?? output.Count, 0)
            : new("labels", Region.Bound, ElementType.Int32, TargetLength ?? 1, 0);

    internal override BufferInfo Kept(Shape output) =>
        new("slopes", Region.Activation, ElementType.Float32, output.Count, 0);

    internal override int LossesPerExample(Shape output) => 1;

    internal override void Forward(LossContext context) =>
        context.Steps.Add(_forward(context, Targets(context.Output).PerExample));

    internal override void Backward(LossContext context, BufferId gradient) =>
        context.Steps.Add(new CustomLossBackward("loss", context.Kept, gradient));
}
