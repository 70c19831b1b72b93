using System.Collections.Immutable;
using Evenkeel.Graphs;
using Evenkeel.Lowering;

namespace Evenkeel.Layers;

/// <summary>y = x W + b over the last dimension. W is stored [inputs, units] and written to files as [units, inputs].</summary>
/// <param name="Units">Channels made, 1 or more.</param>
/// <param name="Bias">Whether b exists; batch normalisation behind the layer makes it useless (paper, section 3.2).</param>
public sealed record Linear(int Units, bool Bias = true) : Layer("linear")
{
    /// <summary>The initializer when none is named.</summary>
    public static Initializer DefaultInitializer { get; } = new FanInUniformInitializer();

    /// <summary>How the weights begin; biases begin at 0.</summary>
    public Initializer Initializer { get; init; } = DefaultInitializer;

    /// <summary>Whether training may change weight and bias.</summary>
    public bool Trainable { get; init; } = true;

    /// <inheritdoc/>
    public override Shape InferShape(ReadOnlySpan<Shape> inputs)
    {
        if (Units < 1)
            throw new ArgumentException($"it must make 1 unit or more, not {Units}");
        if ((long)inputs[0].Channels * Units > int.MaxValue)
            throw new ArgumentException($"weights of {inputs[0].Channels} x {Units} are more than 2^31-1 values");
        int[] dimensions = [.. inputs[0].Dimensions];
        dimensions[^1] = Units;
        return new Shape(dimensions);
    }

    /// <inheritdoc/>
    public override IReadOnlyList<TensorSpec> Tensors(ReadOnlySpan<Shape> inputs) =>
        TensorSpec.WeightAndBias([inputs[0].Channels, Units], Units, Bias, Initializer, Trainable);
}

/// <summary>Sizes of a linear layer's products.</summary>
/// <param name="Positions">Rows per example.</param>
/// <param name="Inputs">Channels read.</param>
/// <param name="Units">Channels made.</param>
internal readonly record struct LinearSize(int Positions, int Inputs, int Units)
{
    /// <summary>Multiplications and additions of one product for a batch.</summary>
    public double Operations(int batch) => 2.0 * batch * Positions * Inputs * Units;
}

/// <summary>A step that computes a product of a linear layer.</summary>
internal abstract record LinearStep(
    string Layer,
    LinearSize Size,
    ImmutableArray<BufferId> Reads,
    ImmutableArray<BufferId> Writes
) : Step(Layer, Reads, Writes)
{
    /// <inheritdoc/>
    public sealed override double Operations(int batch) => Size.Operations(batch);
}

/// <summary>y = x W.</summary>
internal sealed record LinearForward(string Layer, LinearSize Size, BufferId X, BufferId W, BufferId Y)
    : LinearStep(Layer, Size, [X, W], [Y]);

/// <summary>y = x W + b.</summary>
internal sealed record LinearBiasForward(string Layer, LinearSize Size, BufferId X, BufferId W, BufferId B, BufferId Y)
    : LinearStep(Layer, Size, [X, W, B], [Y]);

/// <summary>dW = x^T dy.</summary>
internal sealed record LinearGradientToWeights(string Layer, LinearSize Size, BufferId X, BufferId DY, BufferId DW)
    : LinearStep(Layer, Size, [X, DY], [DW]);

/// <summary>db = column sums of dy.</summary>
internal sealed record BiasGradient(string Layer, LinearSize Size, BufferId DY, BufferId DB) : Step(Layer, [DY], [DB]);

/// <summary>dx = dy W^T.</summary>
internal sealed record LinearGradientToInput(string Layer, LinearSize Size, BufferId DY, BufferId W, BufferId DX)
    : LinearStep(Layer, Size, [DY, W], [DX]);
