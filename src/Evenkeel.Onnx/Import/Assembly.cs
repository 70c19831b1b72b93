using Evenkeel.Graphs;
using Evenkeel.Layers;
using Evenkeel.Onnx.Operators;

namespace Evenkeel.Onnx.Import;

/// <summary>The network that is being built: nodes, and the values that their tensors will get.</summary>
internal sealed class Assembly(OnnxImportOptions options)
{
    private readonly List<Node> _nodes = [];
    private readonly Dictionary<string, int> _index = [];
    private readonly UniqueNames _names = new();
    private readonly Dictionary<string, float[]> _tensors = [];
    private readonly Dictionary<string, Action<Span<float>>> _weights = [];
    private readonly Dictionary<(string, Layout), Signal> _reordered = [];

    public NodeReasons Notes { get; } = new();

    public FoldingLimit Folding { get; } = new(options);

    public OnnxImportOptions Options => options;

    /// <summary>The network's input.</summary>
    public Signal Input { get; private set; } = null!;

    /// <summary>Begins the network.</summary>
    public Signal Begin(string name, int[] dimensions)
    {
        Layout layout = dimensions.Length > 1 ? Layout.ChannelsLast : Layout.RowMajor;
        Shape shape = Bounded(name, () => Signal.ShapeOf(dimensions, layout));
        Put(new Node(name, new Input(shape), [], shape));
        var begun = new Signal(name, dimensions, layout);
        Input ??= begun;
        return begun;
    }

    /// <summary>Stands for a value that cannot be computed, so that what reads it can be looked at.</summary>
    public Signal Stand(string name, int[] dimensions) => Begin(Unused(name), dimensions) with { Stands = true };

    /// <summary>An unused name.</summary>
    public string Unused(string wanted) => _names.Unused(wanted);

    /// <summary>Appends a layer whose output keeps the first input's dimensions and order.</summary>
    public Signal Append(string name, Layer layer, Signal input, params Signal[] others)
    {
        Append(name, layer, [input, .. others], input.Dimensions, input.Layout, out Signal made);
        return made with { Source = input.Source };
    }

    /// <summary>Appends a layer whose output has other dimensions.</summary>
    public Signal Append(string name, Layer layer, Signal[] inputs, int[] dimensions, Layout layout)
    {
        Append(name, layer, inputs, dimensions, layout, out Signal made);
        return made;
    }

    /// <summary>Gives a tensor its values, in the order in which the layer keeps them.</summary>
    public void Fill(Signal node, string tensor, float[] values) => _tensors[$"{node.Node}.{tensor}"] = values;

    /// <summary>The same for values that are put in order where they will lie, so that large ones are not copied on the way.</summary>
    public void Fill(Signal node, string tensor, Action<Span<float>> write) =>
        _weights[$"{node.Node}.{tensor}"] = write;

    /// <summary>The signal with its first dimension last in memory.</summary>
    public Signal ChannelsLast(Signal signal)
    {
        if (signal.Layout == Layout.ChannelsLast || signal.Rank < 2)
            return RowMajorIfFlat(signal);
        return Once(
            signal,
            Layout.ChannelsLast,
            () => Reorder(signal, Layout.ChannelsLast, [.. Enumerable.Range(1, signal.Rank - 1), 0])
        );
    }

    /// <summary>The signal in the file's order.</summary>
    public Signal RowMajor(Signal signal)
    {
        if (signal.Layout == Layout.RowMajor)
            return signal;
        return Once(
            signal,
            Layout.RowMajor,
            () =>
                signal.Layout == Layout.Flattened
                    ? Unflattened(signal)
                    : Reorder(signal, Layout.RowMajor, [signal.Rank - 1, .. Enumerable.Range(0, signal.Rank - 1)])
        );
    }

    /// <summary>The node whose values are the same, before layers that only name dimensions.</summary>
    public (string Node, Shape Shape) Unshaped(Signal signal)
    {
        Node node = _nodes[_index[signal.Node]];
        while (node.Layer is Reshape or Flatten)
            node = _nodes[_index[node.Inputs[0]]];
        return (node.Name, node.Shape);
    }

    /// <summary>A layer that gives the values of a signal other dimensions without moving them.</summary>
    public Signal Renamed(string name, Signal signal, int[] dimensions, Layout layout, int[]? source = null)
    {
        Shape target = Signal.ShapeOf(dimensions, layout);
        (string node, Shape shape) = Unshaped(signal);
        if (shape == target)
            return new Signal(node, dimensions, layout, source);
        Layer layer = target.Dimensions.Length == 1 ? new Flatten() : new Reshape(target);
        Shape made = Infer(name, layer, [shape]);
        name = Unused(name);
        Put(new Node(name, layer, [node], made));
        return new Signal(name, dimensions, layout, source);
    }

    /// <summary>The model of the nodes that the outputs need.</summary>
    public Model ToModel(IReadOnlyList<GraphOutput> outputs)
    {
        var needed = outputs.Select(o => o.Node).ToHashSet();
        foreach (Node node in Enumerable.Reverse(_nodes).Where(n => needed.Contains(n.Name)))
            needed.UnionWith(node.Inputs);
        Node[] kept = [.. _nodes.Where(n => n.Layer is Input || needed.Contains(n.Name))];
        Graph graph = WrittenOut.Run(BiasFolding.Run(new Graph(kept, outputs), _tensors), _tensors);
        return Model.Create(graph, 0, Fill);
    }

    private bool Fill(string tensor, Span<float> values)
    {
        if (_weights.TryGetValue(tensor, out Action<Span<float>>? write))
            write(values);
        else if (_tensors.TryGetValue(tensor, out float[]? given))
            given.CopyTo(values);
        else
            return false;
        return true;
    }

    private Signal RowMajorIfFlat(Signal signal) => signal.Layout == Layout.Flattened ? RowMajor(signal) : signal;

    private Signal Unflattened(Signal signal)
    {
        Signal image = Renamed($"{signal.Node}.image", signal, signal.Source!, Layout.ChannelsLast);
        Signal rows = Reorder(image, Layout.RowMajor, [image.Rank - 1, .. Enumerable.Range(0, image.Rank - 1)]);
        return Renamed($"{signal.Node}.row", rows, signal.Dimensions, Layout.RowMajor);
    }

    // Where either side of the exchange has length 1, the order in memory is the same.
    private Signal Reorder(Signal signal, Layout layout, int[] order)
    {
        string name = $"{signal.Node}.{(layout == Layout.RowMajor ? "channels_first" : "channels_last")}";
        int channels = signal.Dimensions[0];
        return channels == 1 || signal.Count == channels
            ? Renamed(name, signal, signal.Dimensions, layout)
            : Append(name, new Permute([.. order]), [signal], signal.Dimensions, layout);
    }

    private Signal Once(Signal signal, Layout layout, Func<Signal> make)
    {
        if (
            !_reordered.TryGetValue((signal.Node, layout), out Signal? made)
            || !made.Dimensions.SequenceEqual(signal.Dimensions)
        )
            _reordered[(signal.Node, layout)] = made = make();
        return made;
    }

    private void Append(string name, Layer layer, Signal[] inputs, int[] dimensions, Layout layout, out Signal made)
    {
        name = Unused(name);
        layout = dimensions.Length < 2 && layout == Layout.ChannelsLast ? Layout.RowMajor : layout;
        Shape shape = Infer(name, layer, [.. inputs.Select(i => i.Shape)]);
        if (shape != Signal.ShapeOf(dimensions, layout))
            throw new UnsupportedException(
                $"its result is {shape}, which does not fit [N, {string.Join(", ", dimensions)}]"
            );
        Put(new Node(name, layer, [.. inputs.Select(i => i.Node)], shape));
        made = new Signal(name, dimensions, layout);
    }

    private Shape Infer(string name, Layer layer, Shape[] inputs)
    {
        try
        {
            return Bounded(name, () => layer.InferShape(inputs));
        }
        catch (ArgumentException e)
        {
            throw new UnsupportedException(e.Message, e);
        }
    }

    private Shape Bounded(string name, Func<Shape> shape)
    {
        Shape made = shape();
        return made.Count <= options.MaxValuesPerExample
            ? made
            : throw new OnnxException(
                $"'{name}' makes {made.Count} values per example, above the limit of {options.MaxValuesPerExample}; raise it to import."
            );
    }

    private void Put(Node node)
    {
        if (!_index.TryAdd(node.Name, _nodes.Count))
            throw new OnnxException($"'{node.Name}' is made twice.");
        _names.Take(node.Name);
        _nodes.Add(node);
    }
}
