using Evenkeel.Graphs;
using Evenkeel.Layers;
using Evenkeel.Lowering;

namespace Evenkeel;

/// <summary>The loss of one example.</summary>
/// <param name="output">What the network gives, a value for each of its output shape.</param>
/// <param name="target">What it is to give, as many values.</param>
/// <param name="gradient">Receives the derivative of the loss by each value of <paramref name="output"/>; overwrite all of them.</param>
/// <returns>The loss; its mean over the batch is made small.</returns>
public delegate float ExampleLoss(ReadOnlySpan<float> output, ReadOnlySpan<float> target, Span<float> gradient);

/// <summary>
/// A loss of your own against float targets. It is code, so a configuration cannot hold it; checkpoints and ranks know it by its name, which is to
/// be another one whenever the code computes something else.
/// </summary>
public sealed record CustomLoss : Loss
{
    /// <summary>Names a loss.</summary>
    /// <param name="name">What checkpoints, ranks and messages call it.</param>
    /// <param name="compute">
    /// Called for one example after the other on the thread that takes the step, in training and in evaluations. Where it allocates nothing, neither does the step.
    /// </param>
    /// <exception cref="ArgumentException">The name is empty.</exception>
    public CustomLoss(string name, ExampleLoss compute)
        : base("custom")
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(name);
        ArgumentNullException.ThrowIfNull(compute);
        (Name, Compute) = (name, compute);
    }

    /// <summary>What checkpoints, ranks and messages call it.</summary>
    public string Name { get; }

    /// <summary>Computes the loss of an example and its gradient.</summary>
    public ExampleLoss Compute { get; }

    /// <summary>Whether both have the same name.</summary>
    public bool Equals(CustomLoss? other) => other is not null && Name == other.Name;

    /// <inheritdoc/>
    public override int GetHashCode() => Name.GetHashCode(StringComparison.Ordinal);

    /// <summary>Kind and name.</summary>
    public override string ToString() => $"{Kind}({Name})";

    internal override BufferInfo Targets(Shape output) =>
        new("targets", Region.Bound, ElementType.Float32, output.Count, 0);

    internal override BufferInfo Kept(Shape output) =>
        new("slopes", Region.Activation, ElementType.Float32, output.Count, 0);

    internal override int LossesPerExample(Shape output) => 1;

    internal override void Forward(LossContext context) =>
        context.Steps.Add(
            new CustomLossForward(
                "loss",
                Compute,
                context.Output.Count,
                context.Buffers.Output,
                context.Buffers.Targets,
                context.Kept,
                context.Buffers.Losses
            )
        );

    internal override void Backward(LossContext context, BufferId gradient) =>
        context.Steps.Add(new CustomLossBackward("loss", context.Kept, gradient));
}
