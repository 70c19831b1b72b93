namespace Evenkeel.Graphs;

/// <summary>A tensor of a layer with the layer's name before its own.</summary>
public readonly record struct NamedTensor(string Node, TensorSpec Spec)
{
    /// <summary>For example <c>linear1.weight</c>.</summary>
    public string Name => $"{Node}.{Spec.Name}";
}
