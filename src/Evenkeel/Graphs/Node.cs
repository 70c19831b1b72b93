using System.Collections.Immutable;

namespace Evenkeel.Graphs;

/// <summary>One layer in its place: what it is, what it reads, and the shapes of the values that it makes.</summary>
/// <param name="Name">Unique in the graph; parameters are named after it, <c>linear1.weight</c>.</param>
/// <param name="Layer">The layer's configuration; no tensors.</param>
/// <param name="Inputs">Names of the values that are read, in the layer's order.</param>
/// <param name="Shapes">Shapes of the values, one or more, batch left out.</param>
public sealed record Node(string Name, Layer Layer, ImmutableArray<string> Inputs, ImmutableArray<Shape> Shapes)
{
    /// <summary>A layer that makes one value.</summary>
    public Node(string name, Layer layer, ImmutableArray<string> inputs, Shape shape)
        : this(name, layer, inputs, [shape]) { }

    /// <summary>Shape of the first value, which for most layers is the only one.</summary>
    public Shape Shape => Shapes[0];

    /// <summary>Names of the values: the first is called as the node is, others <c>name:1</c>, <c>name:2</c>, ...</summary>
    public IEnumerable<string> Values => Enumerable.Range(0, Shapes.Length).Select(Value);

    /// <summary>
    /// Another layer before this one, of the same kind and sizes, whose learned tensors it uses (weight tying): their gradients add up. Null
    /// where it has its own. What a layer does not learn, as running statistics, is its own all the same.
    /// </summary>
    public string? ParametersOf { get; init; }

    /// <summary>
    /// Another layer before this one, of the same kind and sizes, whose running statistics it uses. Null where it has its own.
    /// </summary>
    public string? StatisticsOf { get; init; }

    /// <summary>Name of the i-th value.</summary>
    public string Value(int i) => i == 0 ? Name : $"{Name}:{i}";

    /// <summary>The other layer whose tensors of a role it uses; null if they are its own.</summary>
    internal string? OwnerOf(TensorRole role) => role == TensorRole.State ? StatisticsOf : ParametersOf;

    /// <summary>The other layers that it uses tensors of.</summary>
    internal IEnumerable<string> Owners => ((string?[])[ParametersOf, StatisticsOf]).OfType<string>();

    /// <summary>Equality by name, layer, inputs, shapes and whose tensors are used.</summary>
    public bool Equals(Node? other) =>
        other is not null
        && Name == other.Name
        && Layer.Equals(other.Layer)
        && ParametersOf == other.ParametersOf
        && StatisticsOf == other.StatisticsOf
        && Shapes.SequenceEqual(other.Shapes)
        && Inputs.SequenceEqual(other.Inputs);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Name, Layer, Shape);
}

/// <summary>A value of a graph.</summary>
/// <param name="Node">The node that makes it.</param>
/// <param name="Index">Its place among the values of that node.</param>
internal readonly record struct NodeValue(Node Node, int Index)
{
    public string Name => Node.Value(Index);

    public Shape Shape => Node.Shapes[Index];
}
