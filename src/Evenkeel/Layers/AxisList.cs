using System.Collections;
using System.Collections.Immutable;
using System.Runtime.CompilerServices;

namespace Evenkeel.Layers;

/// <summary>One whole number per dimension of an example's value, compared by what it holds.</summary>
[CollectionBuilder(typeof(AxisList), nameof(Create))]
public readonly struct AxisList : IEquatable<AxisList>, IEnumerable<int>
{
    private readonly ImmutableArray<int> _values;

    private AxisList(ImmutableArray<int> values) => _values = values;

    /// <summary>How many numbers there are.</summary>
    public int Count => Values.Length;

    /// <summary>The numbers, outermost dimension first.</summary>
    public ImmutableArray<int> Values => _values.IsDefault ? [] : _values;

    /// <summary>The number of a dimension.</summary>
    public int this[int axis] => Values[axis];

    /// <summary>Makes a list.</summary>
    public static AxisList Create(ReadOnlySpan<int> values) => new([.. values]);

    /// <summary>Equality by numbers.</summary>
    public static bool operator ==(AxisList left, AxisList right) => left.Equals(right);

    /// <summary>Inequality by numbers.</summary>
    public static bool operator !=(AxisList left, AxisList right) => !left.Equals(right);

    /// <inheritdoc/>
    public bool Equals(AxisList other) => Values.AsSpan().SequenceEqual(other.Values.AsSpan());

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is AxisList other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode() => Values.Aggregate(17, HashCode.Combine);

    /// <inheritdoc/>
    public IEnumerator<int> GetEnumerator() => ((IEnumerable<int>)Values).GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    /// <inheritdoc/>
    public override string ToString() => $"[{string.Join(", ", Values)}]";
}
