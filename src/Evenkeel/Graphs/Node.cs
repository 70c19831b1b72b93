using System.Collections.Immutable;

namespace Evenkeel.Graphs;

/// <summary>One layer in its place: what it is, what it reads, and the shape of the one value it makes.</summary>
/// <param name="Name">Unique in the graph; parameters are named after it, <c>linear1.weight</c>.</param>
/// <param name="Layer">The layer's configuration; no tensors.</param>
/// <param name="Inputs">Names of the nodes whose values are read, in the layer's order.</param>
/// <param name="Shape">Shape of the value, batch left out.</param>
public sealed record Node(string Name, Layer Layer, ImmutableArray<string> Inputs, Shape Shape)
{
    /// <summary>Equality by name, layer, inputs and shape.</summary>
    public bool Equals(Node? other) =>
        other is not null
        && Name == other.Name
        && Layer.Equals(other.Layer)
        && Shape == other.Shape
        && Inputs.SequenceEqual(other.Inputs);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Name, Layer, Shape);
}
