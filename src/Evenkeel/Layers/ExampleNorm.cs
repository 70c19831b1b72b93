using System.Collections.Immutable;
using Evenkeel.Graphs;
using Evenkeel.Kernels.Norm;

namespace Evenkeel.Layers;

/// <summary>
/// Normalisation with the statistics of values within one example, the same in training and inference: scale (x - mean) /
/// sqrt(biased variance + epsilon) + shift.
/// </summary>
/// <param name="Kind">See <see cref="Layer.Kind"/>.</param>
public abstract record ExampleNorm(string Kind) : Layer(Kind)
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

    /// <summary>Which values are normalised together.</summary>
    /// <exception cref="ArgumentException">The shape does not fit.</exception>
    internal abstract GroupNormShape Together(Shape input);

    private protected abstract ImmutableArray<int> ScaleDimensions(Shape input);
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
            : throw new ArgumentException($"{input.Channels} channels cannot be divided into {Groups} equal groups");

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
