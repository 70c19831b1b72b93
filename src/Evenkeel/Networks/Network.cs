using System.Collections.Immutable;
using Evenkeel.Graphs;
using Evenkeel.Layers;
using Evenkeel.Networks;

namespace Evenkeel;

/// <summary>
/// Builds a network layer by layer: <c>Network.Input(784).Linear(100).BatchNorm().Sigmoid().Linear(10).Build()</c>. A layer without a given
/// name is named after its kind and number.
/// </summary>
public sealed partial class Network
{
    private readonly List<Node> _nodes;
    private readonly LayerNames _names;
    private readonly string _scope;
    private readonly bool _inGroup;
    private NodeValue _last;

    private Network(Network from, string scope, bool inGroup)
    {
        (_nodes, _names, _last) = (from._nodes, from._names, from._last);
        (_scope, _inGroup) = (scope, inGroup);
    }

    private Network(List<Node> nodes, NodeValue last)
    {
        (_nodes, _last, _scope) = (nodes, last, "");
        _names = new LayerNames(nodes[0].Name);
        foreach (Node node in nodes.Skip(1))
            _names.Add(node.Name, node.Layer.Kind);
    }

    /// <summary>Shape of the value that the next layer will read.</summary>
    public Shape Shape => _last.Shape;

    /// <summary>Begins a network whose examples have the given dimensions, channels last.</summary>
    public static Network Input(params ReadOnlySpan<int> dimensions)
    {
        var shape = new Shape(dimensions);
        var input = new Node("input", new Input(shape), [], shape);
        return new Network([input], new NodeValue(input, 0));
    }

    /// <summary>Goes on behind a value of layers that are there already, and adds to them.</summary>
    /// <exception cref="GraphException">There is no such value.</exception>
    internal static Network After(List<Node> nodes, string value)
    {
        Node maker =
            nodes.Find(n => n.Values.Contains(value))
            ?? throw new GraphException($"A layer reads '{value}', which does not come before it.");
        return new Network(nodes, new NodeValue(maker, maker.Values.ToList().IndexOf(value)));
    }

    /// <summary>Appends any layer that reads one value, or one more input.</summary>
    /// <exception cref="GraphException">The layer does not fit the shape it is given, or the name is taken.</exception>
    public Network Add(Layer layer, string? name = null)
    {
        ArgumentNullException.ThrowIfNull(layer);
        return Append(layer, name, layer.InputCount == 0 ? [] : [_last]);
    }

    /// <summary>
    /// Appends a layer a second time, with the same learned tensors (weight sharing); their gradients are added. Its running statistics are
    /// separate.
    /// </summary>
    /// <param name="layer">Full name of the layer.</param>
    /// <param name="name">Name of the new layer; null for kind and number.</param>
    /// <exception cref="GraphException">There is no such layer, or it does not fit the shape it is given.</exception>
    public Network Again(string layer, string? name = null)
    {
        Node owner =
            _nodes.Find(n => n.Name == layer) ?? throw new GraphException($"The network has no layer '{layer}' yet.");
        return Append(owner.Layer, name, [_last])
            .Become(node => node with { ParametersOf = owner.ParametersOf ?? layer });
    }

    /// <summary>Continues with another output of the last layer, if it has several, as <see cref="Split"/> does.</summary>
    /// <param name="index">Index of the output, from 0.</param>
    /// <exception cref="GraphException">The layer has fewer outputs.</exception>
    public Network Value(int index)
    {
        Node node = _last.Node;
        if (index < 0 || index >= node.Shapes.Length)
            throw new GraphException(
                $"Layer '{node.Name}' makes {node.Shapes.Length} value(s); none has index {index}."
            );
        _last = new NodeValue(node, index);
        return this;
    }

    /// <summary>Appends y = x W + b.</summary>
    public Network Linear(int units, bool bias = true, Initializer? initializer = null, string? name = null) =>
        Add(new Linear(units, bias) { Initializer = initializer ?? Layers.Linear.DefaultInitializer }, name);

    /// <summary>Appends a convolution with a square kernel.</summary>
    /// <param name="filters">Channels of the output.</param>
    /// <param name="kernel">Height and width of the kernel.</param>
    /// <param name="stride">Step in both directions.</param>
    /// <param name="padding">Zeros on every side.</param>
    /// <param name="bias">Whether a bias is added.</param>
    /// <param name="groups">Number of channel groups, which are convolved separately.</param>
    /// <param name="initializer">Initialisation of the weights; null for the default.</param>
    /// <param name="name">Name; null for kind and number.</param>
    public Network Conv2d(
        int filters,
        int kernel,
        int stride = 1,
        int padding = 0,
        bool bias = true,
        int groups = 1,
        Initializer? initializer = null,
        string? name = null
    ) =>
        Add(
            new Conv2d(filters, Window.Square(kernel, stride, padding), bias)
            {
                Groups = groups,
                Initializer = initializer ?? Layers.Linear.DefaultInitializer,
            },
            name
        );

    /// <summary>Appends max pooling with a square window.</summary>
    public Network MaxPool(int size, int stride, int padding = 0, string? name = null) =>
        Add(new MaxPool2d(Window.Square(size, stride, padding)), name);

    /// <summary>Appends average pooling with a square window; padding counts as zeros.</summary>
    public Network AveragePool(int size, int stride, int padding = 0, string? name = null) =>
        Add(new AveragePool2d(Window.Square(size, stride, padding)), name);

    /// <summary>Appends global average pooling: the mean over all positions.</summary>
    public Network GlobalAveragePool(string? name = null) => Add(new GlobalAveragePool(), name);

    /// <summary>Appends a layer that turns [height, width, channels] into one row.</summary>
    public Network Flatten(string? name = null) => Add(new Flatten(), name);

    /// <summary>Appends dropout.</summary>
    public Network Dropout(float rate, string? name = null) => Add(new Dropout(rate), name);

    /// <summary>Lets several branches read the current value and concatenates their channels.</summary>
    /// <param name="name">Name of the result; null for kind and number.</param>
    /// <param name="branches">Each appends layers to the current value; a branch without layers passes the value on.</param>
    public Network Concat(string? name, params ReadOnlySpan<Action<Network>> branches) =>
        Join(new Concat(branches.Length), name, branches);

    /// <summary>Lets two branches read the current value and adds their outputs.</summary>
    /// <param name="name">Name of the result; null for kind and number.</param>
    /// <param name="main">Builds one branch.</param>
    /// <param name="shortcut">Builds the other; null passes the value on.</param>
    public Network Residual(string? name, Action<Network> main, Action<Network>? shortcut = null) =>
        Join(new Add(), name, main, shortcut ?? (_ => { }));

    /// <summary>Builds layers whose names begin with <paramref name="scope"/> and a dot.</summary>
    public Network Scope(string scope, Action<Network> build)
    {
        ArgumentException.ThrowIfNullOrEmpty(scope);
        ArgumentNullException.ThrowIfNull(build);
        var inner = new Network(this, $"{_scope}{scope}.", _inGroup);
        build(inner);
        _last = inner._last;
        return this;
    }

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

    /// <summary>
    /// Appends a long short-term memory (LSTM) over [steps, channels], unrolled: a few layers for each step, which share their weights. The
    /// hidden state starts at 0.
    /// </summary>
    /// <param name="units">Number of values of the hidden state.</param>
    /// <param name="options">Direction, returned values, normalisation; null for the defaults.</param>
    /// <param name="name">Scope of the layers' names; null for kind and number.</param>
    /// <exception cref="GraphException">The current value is not [steps, channels].</exception>
    public Network Lstm(int units, RecurrentOptions? options = null, string? name = null) =>
        Recurrence.Append(this, new LstmSteps(units), options ?? new(), name);

    /// <summary>Appends gated recurrent units (GRU), unrolled as in <see cref="Lstm"/>.</summary>
    /// <param name="units">Number of values of the hidden state.</param>
    /// <param name="options">Direction, returned values, normalisation; null for the defaults.</param>
    /// <param name="name">Scope of the layers' names; null for kind and number.</param>
    /// <exception cref="GraphException">The current value is not [steps, channels].</exception>
    public Network Gru(int units, RecurrentOptions? options = null, string? name = null) =>
        Recurrence.Append(this, new GruSteps(units), options ?? new(), name);

    /// <summary>Appends a simple recurrent network, h' = tanh(x W + h U + b), unrolled as in <see cref="Lstm"/>.</summary>
    /// <param name="units">Number of values of the hidden state.</param>
    /// <param name="options">Direction, returned values, normalisation; null for the defaults.</param>
    /// <param name="name">Scope of the layers' names; null for kind and number.</param>
    /// <exception cref="GraphException">The current value is not [steps, channels].</exception>
    public Network Rnn(int units, RecurrentOptions? options = null, string? name = null) =>
        Recurrence.Append(this, new RnnSteps(units), options ?? new(), name);

    /// <summary>The graph of the network, as <see cref="Build()"/>.</summary>
    public static implicit operator Graph(Network network)
    {
        ArgumentNullException.ThrowIfNull(network);
        return network.Build();
    }

    /// <summary>The graph of the network, as <see cref="Build()"/>.</summary>
    public Graph ToGraph() => Build();

    /// <summary>
    /// The network with batch normalisation inserted before every activation that has none, except the output layer. Biases that it cancels
    /// are dropped (Algorithm 2, lines 1-5).
    /// </summary>
    /// <param name="convention">Null: the default convention.</param>
    public Graph InsertBatchNorm(BatchNormConvention? convention = null) => Build().InsertBatchNorm(convention);

    /// <summary>The graph of the network; its output is the last layer.</summary>
    public Graph Build() => new(_nodes, _last.Name);

    /// <summary>The graph of the network with the given layers as outputs, the primary one first.</summary>
    /// <exception cref="GraphException">There is no such layer.</exception>
    public Graph Build(params ReadOnlySpan<string> outputs) =>
        new(_nodes, outputs.ToArray().Select(name => new GraphOutput(name)));

    /// <summary>Lets several branches read the present value and appends a layer that reads what they make.</summary>
    internal Network Join(Layer layer, string? name, params ReadOnlySpan<Action<Network>> branches)
    {
        var ends = new NodeValue[branches.Length];
        for (int i = 0; i < ends.Length; i++)
        {
            var branch = new Network(this, _scope, _inGroup);
            branches[i](branch);
            ends[i] = branch._last;
        }

        return Append(layer, name, ends);
    }

    /// <summary>Changes the last layer.</summary>
    internal Network Become(Func<Node, Node> change)
    {
        _nodes[^1] = change(_last.Node);
        _last = new NodeValue(_nodes[^1], 0);
        return this;
    }

    /// <summary>The name of a layer of this scope in the graph.</summary>
    internal string FullName(string layer) => _scope + layer;

    /// <summary>Another place to go on from: what is appended there does not move this one.</summary>
    internal Network Fork() => new(this, _scope, _inGroup);

    /// <summary>The same, for layers whose names begin with <paramref name="scope"/> and a dot: a group, which counts as one layer.</summary>
    internal Network Group(string scope) => new(this, $"{_scope}{scope}.", inGroup: true);

    /// <summary>Goes on from where another has come to.</summary>
    internal Network GoTo(Network other)
    {
        _last = other._last;
        return this;
    }

    /// <summary>Kind and number, as a layer without a name is called.</summary>
    internal string NextName(string kind) => $"{kind}{_names.Count(_scope, kind) + 1}";

    /// <summary>Counts a group of layers under one name, so that the next has another number.</summary>
    internal void CountGroup(string name, string kind) => _names.Add(_scope + name, kind);

    /// <summary>Appends a layer that reads where several have come to.</summary>
    internal Network Join(Layer layer, string? name, params ReadOnlySpan<Network> ends) =>
        Append(layer, name, [.. ends.ToArray().Select(e => e._last)]);

    private Network Append(Layer layer, string? name, NodeValue[] inputs)
    {
        string full = _scope + (name ?? $"{layer.Kind}{_names.Count(_scope, layer.Kind) + 1}");
        if (_names.Contains(full))
            throw new GraphException($"Two layers are named '{full}'; give one of them another name.");
        ImmutableArray<Shape> shapes = LayerShapes.Infer(full, layer, [.. inputs.Select(v => v.Shape)]);
        _last = new NodeValue(new Node(full, layer, [.. inputs.Select(v => v.Name)], shapes), 0);
        _nodes.Add(_last.Node);
        if (_inGroup)
            _names.Take(full);
        else
            _names.Add(full, layer.Kind);
        return this;
    }
}
