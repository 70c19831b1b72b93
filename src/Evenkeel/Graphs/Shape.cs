using System.Collections.Immutable;

namespace Evenkeel;

/// <summary>
/// The dimensions of a value for one example, without the batch: <c>[784]</c>, or <c>[height, width, channels]</c> (channels last).
/// </summary>
public readonly struct Shape : IEquatable<Shape>
{
    private readonly ImmutableArray<int> _dimensions;

    /// <summary>Makes a shape of one or more positive dimensions.</summary>
    /// <exception cref="ArgumentException">No dimension, a dimension below 1, or more than 2^31-1 values.</exception>
    public Shape(params ReadOnlySpan<int> dimensions)
    {
        if (dimensions.IsEmpty)
            throw new ArgumentException("A shape needs at least one dimension.", nameof(dimensions));
        long count = 1;
        foreach (int dimension in dimensions)
        {
            if (dimension < 1)
                throw new ArgumentException($"Dimension {dimension} is below 1.", nameof(dimensions));
            count *= dimension;
            if (count > int.MaxValue)
                throw new ArgumentException("One example has more than 2^31-1 values.", nameof(dimensions));
        }

        _dimensions = [.. dimensions];
    }

    /// <summary>The dimensions, outermost first.</summary>
    public ImmutableArray<int> Dimensions => _dimensions.IsDefault ? [] : _dimensions;

    /// <summary>The last dimension; batch normalisation has one mean and variance per channel.</summary>
    public int Channels => Dimensions[^1];

    /// <summary>Positions that share a channel's statistics within one example: the product of all but the last dimension.</summary>
    public int Positions => Count / Channels;

    /// <summary>Values of one example.</summary>
    public int Count => Dimensions.Aggregate(1, (product, d) => product * d);

    /// <summary>Equality by dimensions.</summary>
    public static bool operator ==(Shape left, Shape right) => left.Equals(right);

    /// <summary>Inequality by dimensions.</summary>
    public static bool operator !=(Shape left, Shape right) => !left.Equals(right);

    /// <inheritdoc/>
    public bool Equals(Shape other) => Dimensions.AsSpan().SequenceEqual(other.Dimensions.AsSpan());

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is Shape other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode() => Dimensions.Aggregate(17, HashCode.Combine);

    /// <inheritdoc/>
    public override string ToString() => $"[{string.Join(", ", Dimensions)}]";
}
