using System.Collections.Immutable;

namespace Evenkeel.Graphs;

/// <summary>What a tensor is to training.</summary>
public enum TensorRole
{
    /// <summary>A matrix or filter bank: learned, weight decay applies.</summary>
    Weight,

    /// <summary>A bias, gamma or beta: learned, no weight decay unless asked.</summary>
    Offset,

    /// <summary>Kept and saved with the model but not learned: running statistics.</summary>
    State,
}

/// <summary>The element type of a tensor or buffer.</summary>
public enum ElementType
{
    /// <summary>32-bit float.</summary>
    Float32,

    /// <summary>64-bit float.</summary>
    Float64,

    /// <summary>32-bit integer.</summary>
    Int32,

    /// <summary>64-bit integer.</summary>
    Int64,

    /// <summary>8-bit unsigned integer; in plans only.</summary>
    UInt8,

    /// <summary>The upper 16 bits of a 32-bit float; in plans only.</summary>
    BFloat16,
}

/// <summary>How files order a tensor's dimensions.</summary>
public enum TensorFileOrder
{
    /// <summary>As in memory.</summary>
    Same,

    /// <summary>
    /// The last two dimensions first, swapped, then the others: linear weights [inputs, units] as [units, inputs], convolution
    /// weights [height, width, channels, filters] as [filters, channels, height, width].
    /// </summary>
    LastFirst,
}

/// <summary>A parameter or state tensor that a layer keeps.</summary>
/// <param name="Name">PyTorch's state name within the layer: <c>weight</c>, <c>bias</c>, <c>running_mean</c>, ...</param>
/// <param name="Dimensions">Dimensions as stored; a linear weight is [inputs, units].</param>
/// <param name="Role">What training does with it.</param>
public sealed record TensorSpec(string Name, ImmutableArray<int> Dimensions, TensorRole Role)
{
    /// <summary>Element type; learned tensors are float32.</summary>
    public ElementType Type { get; init; } = ElementType.Float32;

    /// <summary>How the values begin.</summary>
    public Initializer Initializer { get; init; } = new ConstantInitializer(0);

    /// <summary>Whether training may change it (always false for <see cref="TensorRole.State"/>).</summary>
    public bool Trainable { get; init; } = Role != TensorRole.State;

    /// <summary>The order of dimensions in files.</summary>
    public TensorFileOrder FileOrder { get; init; }

    /// <summary>Dimensions in files where they are finer than those in memory in <see cref="FileOrder"/>; null where they are those.</summary>
    public ImmutableArray<int>? FileDimensions { get; init; }

    /// <summary>Number of values.</summary>
    public int Count => Dimensions.Aggregate(1, (product, d) => product * d);

    /// <summary>The weight of a layer that mixes channels, and its bias, one value per channel made, if it has one.</summary>
    internal static TensorSpec[] WeightAndBias(
        ImmutableArray<int> dimensions,
        int channels,
        bool bias,
        Initializer initializer,
        bool trainable
    )
    {
        var weight = new TensorSpec("weight", dimensions, TensorRole.Weight)
        {
            Initializer = initializer,
            Trainable = trainable,
            FileOrder = TensorFileOrder.LastFirst,
        };
        return bias ? [weight, new("bias", [channels], TensorRole.Offset) { Trainable = trainable }] : [weight];
    }

    /// <summary>A scale that begins at 1 and a shift that begins at 0.</summary>
    internal static TensorSpec[] ScaleAndShift(ImmutableArray<int> dimensions, bool trainable)
    {
        var shift = new TensorSpec("bias", dimensions, TensorRole.Offset) { Trainable = trainable };
        return [shift with { Name = "weight", Initializer = new ConstantInitializer(1) }, shift];
    }
}

/// <summary>Sizes of elements.</summary>
internal static class ElementTypeSize
{
    /// <summary>Bytes of one element.</summary>
    public static int Bytes(this ElementType type) =>
        type switch
        {
            ElementType.UInt8 => 1,
            ElementType.BFloat16 => 2,
            ElementType.Float32 or ElementType.Int32 => 4,
            _ => 8,
        };
}
