using Evenkeel.Layers;
using Evenkeel.Normalization;

namespace Evenkeel.Graphs;

/// <summary>
/// Builds a network layer by layer: <c>Network.Input(784).Linear(100).BatchNorm().Sigmoid().Linear(10).Build()</c>.
/// Layers are named after their kind and number unless a name is given.
/// </summary>
public sealed class Network
{
    private readonly List<Node> _nodes = [];

    private Network(Shape input) => _nodes.Add(new Node("input", new Input(input), [], input));

    /// <summary>Begins a network whose examples have the given dimensions, channels last.</summary>
    public static Network Input(params ReadOnlySpan<int> dimensions) => new(new Shape(dimensions));

    /// <summary>Appends any layer that reads one value.</summary>
    /// <exception cref="GraphException">The layer does not fit the shape it is given, or the name is taken.</exception>
    public Network Add(Layer layer, string? name = null)
    {
        ArgumentNullException.ThrowIfNull(layer);
        Node last = _nodes[^1];
        name ??= $"{layer.Kind}{_nodes.Count(n => n.Layer.Kind == layer.Kind) + 1}";
        if (_nodes.Any(n => n.Name == name))
            throw new GraphException($"Two layers are named '{name}'; give one of them another name.");
        Shape shape = LayerShapes.Infer(name, layer, [last.Shape]);
        _nodes.Add(new Node(name, layer, [last.Name], shape));
        return this;
    }

    /// <summary>Appends y = x W + b.</summary>
    public Network Linear(int units, bool bias = true, Initializer? initializer = null, string? name = null) =>
        Add(new Linear(units, bias) { Initializer = initializer ?? Layers.Linear.DefaultInitializer }, name);

    /// <summary>Appends batch normalisation over the last dimension.</summary>
    public Network BatchNorm(BatchNormConvention? convention = null, string? name = null) =>
        Add(new BatchNorm(convention ?? BatchNormConvention.Default), name);

    /// <summary>Appends the logistic sigmoid.</summary>
    public Network Sigmoid(string? name = null) => Add(new Sigmoid(), name);

    /// <summary>Appends the hyperbolic tangent.</summary>
    public Network Tanh(string? name = null) => Add(new Tanh(), name);

    /// <summary>Appends max(x, 0).</summary>
    public Network Relu(string? name = null) => Add(new Relu(), name);

    /// <summary>Appends x for x &gt; 0 and slope * x elsewhere.</summary>
    public Network LeakyRelu(float slope = 0.01f, string? name = null) => Add(new LeakyRelu(slope), name);

    /// <summary>Appends x for x &gt; 0 and alpha * (e^x - 1) elsewhere.</summary>
    public Network Elu(float alpha = 1f, string? name = null) => Add(new Elu(alpha), name);

    /// <summary>The network; a bias that batch normalisation would cancel is dropped (paper, section 3.2).</summary>
    public Graph Build()
    {
        var graph = new Graph(_nodes, _nodes[^1].Name);
        return Rewrites.RewriteRunner.Run(graph, Rewrites.RuleSet.Structural).Graph;
    }
}
