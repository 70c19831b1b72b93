using System.Collections.Immutable;

namespace Evenkeel.Graphs;

/// <summary>One layer in its place: what it is, what it reads, and the shape of the one value it makes.</summary>
/// <param name="Name">Unique in the graph; parameters are named after it, <c>linear1.weight</c>.</param>
/// <param name="Layer">The layer's configuration; no tensors.</param>
/// <param name="Inputs">Names of the nodes whose values are read, in the layer's order.</param>
/// <param name="Shape">Shape of the value, batch left out.</param>
public sealed record Node(string Name, Layer Layer, ImmutableArray<string> Inputs, Shape Shape)
{
    /// <summary>
    /// Another layer before this one, of the same kind and sizes, whose learned tensors it uses (weight tying): their gradients add up. Null
    /// where it has its own. What a layer does not learn, as running statistics, is its own in any case.
    /// </summary>
    public string? ParametersOf { get; init; }

    /// <summary>Equality by name, layer, inputs, shape and whose parameters are used.</summary>
    public bool Equals(Node? other) =>
        other is not null
        && Name == other.Name
        && Layer.Equals(other.Layer)
        && Shape == other.Shape
        && ParametersOf == other.ParametersOf
        && Inputs.SequenceEqual(other.Inputs);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Name, Layer, Shape);
}
