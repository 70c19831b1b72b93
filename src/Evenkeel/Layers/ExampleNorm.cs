using System.Collections.Immutable;
using Evenkeel.Graphs;
using Evenkeel.Kernels.Norm;
using Evenkeel.Lowering;

namespace Evenkeel.Layers;

/// <summary>
/// Normalisation with the statistics of values within one example, the same in training and inference: scale (x - mean) /
/// sqrt(biased variance + epsilon) + shift.
/// </summary>
/// <param name="Kind">See <see cref="Layer.Kind"/>.</param>
public abstract record ExampleNorm(string Kind) : Layer(Kind), IOperation
{
    /// <summary>Added to the variance; above 0.</summary>
    public float Epsilon { get; init; } = 1e-5f;

    /// <summary>Whether training may change scale and shift.</summary>
    public bool Trainable { get; init; } = true;

    /// <inheritdoc/>
    public override Shape InferShape(ReadOnlySpan<Shape> inputs)
    {
        if (!(Epsilon > 0) || !float.IsFinite(Epsilon))
            throw new ArgumentException($"epsilon must be finite and above 0, not {Epsilon}");
        _ = Together(inputs[0]);
        return inputs[0];
    }

    /// <inheritdoc/>
    public override IReadOnlyList<TensorSpec> Tensors(ReadOnlySpan<Shape> inputs) =>
        TensorSpec.ScaleAndShift(ScaleDimensions(inputs[0]), Trainable);

    void IOperation.Forward(ForwardContext context)
    {
        (GroupNormShape shape, int statistics) = Sizes(context);
        context.Emit(
            new ExampleNormForward(
                context.Name,
                shape,
                Epsilon,
                context.Input(0),
                context.Tensor("weight"),
                context.Tensor("bias"),
                context.Output,
                context.KeepPerExample("mean", statistics, ElementType.Float64),
                context.KeepPerExample("inverse_deviation", statistics, ElementType.Float64)
            )
        );
    }

    void IOperation.Backward(BackwardContext context)
    {
        (GroupNormShape shape, _) = Sizes(context);
        BufferId? dx = context.InputGradient(0),
            dscale = context.TensorGradient("weight"),
            dshift = context.TensorGradient("bias");
        if (dx is null && dscale is null)
            return;
        context.Emit(
            new ExampleNormBackward(
                context.Name,
                shape,
                context.Input(0),
                context.Kept("mean"),
                context.Kept("inverse_deviation"),
                context.Tensor("weight"),
                context.OutputGradient,
                dx ?? context.Discard("dx", context.InputShape(0).Count, 0),
                dscale ?? context.Discard("dscale", 0, shape.Channels),
                dshift ?? context.Discard("dshift", 0, shape.Channels)
            )
        );
    }

    /// <summary>Which values are normalised together.</summary>
    /// <exception cref="ArgumentException">The shape does not fit.</exception>
    internal abstract GroupNormShape Together(Shape input);

    private protected abstract ImmutableArray<int> ScaleDimensions(Shape input);

    private (GroupNormShape Shape, int Statistics) Sizes(LoweringContext context)
    {
        Shape input = context.InputShape(0);
        GroupNormShape shape = Together(input);
        return (shape, input.Count / shape.Count * shape.Groups);
    }
}

/// <summary>Layer normalisation (Ba et al. 2016): over the last dimension, or the last ones, at each position on its own.</summary>
public sealed record LayerNorm() : ExampleNorm("layernorm")
{
    /// <summary>How many of the last dimensions are normalised together; each place in them has its own scale and shift.</summary>
    public int Dimensions { get; init; } = 1;

    internal override GroupNormShape Together(Shape input) =>
        Dimensions >= 1 && Dimensions <= input.Dimensions.Length
            ? new GroupNormShape(1, ScaleDimensions(input).Aggregate(1, (n, d) => n * d), 1)
            : throw new ArgumentException($"{Dimensions} dimensions of {input} cannot be normalised together");

    private protected override ImmutableArray<int> ScaleDimensions(Shape input) => input.Dimensions[^Dimensions..];
}

/// <summary>Group normalisation (Wu and He 2018): over groups of channels and all positions.</summary>
/// <param name="Groups">Groups that the channels are cut into.</param>
public sealed record GroupNorm(int Groups) : ExampleNorm("groupnorm")
{
    internal override GroupNormShape Together(Shape input) =>
        Groups >= 1 && input.Channels % Groups == 0
            ? new GroupNormShape(input.Positions, input.Channels, Groups)
            : throw new ArgumentException($"{input.Channels} channels are not {Groups} groups of one size");

    private protected override ImmutableArray<int> ScaleDimensions(Shape input) => [input.Channels];
}

/// <summary>Instance normalisation (Ulyanov et al. 2016): each channel over all positions.</summary>
public sealed record InstanceNorm() : ExampleNorm("instancenorm")
{
    internal override GroupNormShape Together(Shape input) =>
        input.Dimensions.Length > 1
            ? new GroupNormShape(input.Positions, input.Channels, input.Channels)
            : throw new ArgumentException($"it needs positions and channels, not {input}");

    private protected override ImmutableArray<int> ScaleDimensions(Shape input) => [input.Channels];
}

/// <summary>y and the statistics, one pair for each block and group.</summary>
internal sealed record ExampleNormForward(
    string Layer,
    GroupNormShape Shape,
    float Epsilon,
    BufferId X,
    BufferId Scale,
    BufferId Shift,
    BufferId Y,
    BufferId Mean,
    BufferId Inverse
) : Step(Layer, [X, Scale, Shift], [Y, Mean, Inverse]);

/// <summary>dx, and the gradients of scale and shift.</summary>
internal sealed record ExampleNormBackward(
    string Layer,
    GroupNormShape Shape,
    BufferId X,
    BufferId Mean,
    BufferId Inverse,
    BufferId Scale,
    BufferId DY,
    BufferId DX,
    BufferId DScale,
    BufferId DShift
) : Step(Layer, [X, Mean, Inverse, Scale, DY], [DX, DScale, DShift]);
