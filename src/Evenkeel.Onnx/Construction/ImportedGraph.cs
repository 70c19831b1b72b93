using Evenkeel.Graphs;
using Evenkeel.Layers;
using Evenkeel.Onnx.Files;

namespace Evenkeel.Onnx.Construction;

/// <summary>The network that is being built: nodes, and the values that their tensors will get.</summary>
internal sealed class ImportedGraph(ExternalData? external, OnnxImportOptions options)
{
    private readonly List<Node> _nodes = [];
    private readonly Dictionary<string, (Node Maker, Shape Shape)> _values = [];
    private readonly UniqueNames _names = new();
    private readonly Dictionary<string, Action<Span<float>>> _weights = [];
    private readonly Dictionary<(string, Layout), ComputedValue> _reordered = [];

    /// <summary>Values of tensors by name, but for large ones that are written where they will lie.</summary>
    public Dictionary<string, float[]> Tensors { get; } = [];

    public NodeReasons Notes { get; } = new();

    public FileConstants Constants { get; } = new(external, options);

    public OnnxImportOptions Options => options;

    /// <summary>The batch that the file was made for; null if it is symbolic.</summary>
    public long? FixedBatch { get; set; }

    /// <summary>The network's first input.</summary>
    public ComputedValue Input { get; private set; } = null!;

    /// <summary>Begins the network.</summary>
    public ComputedValue Begin(string name, int[] dimensions)
    {
        Layout layout = dimensions.Length > 1 ? Layout.ChannelsLast : Layout.RowMajor;
        Shape shape = Bounded(name, ComputedValue.ShapeOf(dimensions, layout));
        Put(new Node(name, new Input(shape), [], shape));
        var begun = new ComputedValue(name, dimensions, layout);
        Input ??= begun;
        return begun;
    }

    /// <summary>Stands for a value that cannot be computed, so that what reads it can be looked at.</summary>
    public ComputedValue Stand(string name, int[] dimensions) => Begin(Unused(name), dimensions) with { Stands = true };

    /// <summary>An unused name.</summary>
    public string Unused(string wanted) => _names.Unused(wanted);

    /// <summary>Appends a layer whose output keeps the first input's dimensions and order.</summary>
    public ComputedValue Append(string name, Layer layer, ComputedValue input, params ComputedValue[] others) =>
        Append(name, layer, [input, .. others], input.Dimensions, input.Layout) with
        {
            Source = input.Source,
            BatchAxis = input.BatchAxis,
        };

    /// <summary>Appends a layer whose output has other dimensions.</summary>
    public ComputedValue Append(string name, Layer layer, ComputedValue[] inputs, int[] dimensions, Layout layout)
    {
        layout = dimensions.Length < 2 && layout == Layout.ChannelsLast ? Layout.RowMajor : layout;
        Node node = Put(name, layer, [.. inputs.Select(i => (i.Node, i.Shape))]);
        if (node.Shape != ComputedValue.ShapeOf(dimensions, layout))
            throw new UnsupportedException(
                $"its result is {node.Shape}, which does not fit [N, {string.Join(", ", dimensions)}]"
            );
        return new ComputedValue(node.Name, dimensions, layout);
    }

    /// <summary>Appends a layer that makes rows: all of them.</summary>
    public ComputedValue[] Rows(string name, Layer layer, params ComputedValue[] inputs) =>
        RowsOf(Put(name, layer, [.. inputs.Select(i => (i.Node, i.Shape))]));

    /// <summary>Appends a layer that makes a row once more, with the tensors that it learned in its first place.</summary>
    public ComputedValue Again(string name, ComputedValue first, ComputedValue input)
    {
        Node owner = _values[first.Node].Maker;
        return RowsOf(Put(name, owner.Layer, [(input.Node, input.Shape)], owner.ParametersOf ?? owner.Name))[0];
    }

    /// <summary>A constant that is repeated for every example.</summary>
    public ComputedValue Repeated(string name, float[] values, int[] dimensions)
    {
        var layer = new ConstantValue(ComputedValue.ShapeOf(dimensions, Layout.RowMajor)) { Trainable = false };
        ComputedValue repeated = Append(name, layer, [Input], dimensions, Layout.RowMajor);
        Fill(repeated, "value", values);
        return repeated;
    }

    /// <summary>Gives a tensor its values, in the order in which the layer keeps them.</summary>
    public void Fill(ComputedValue node, string tensor, float[] values) => Tensors[$"{node.Node}.{tensor}"] = values;

    /// <summary>The same for values that are put in order where they will lie, so that large ones are not copied on the way.</summary>
    public void Fill(ComputedValue node, string tensor, Action<Span<float>> write) =>
        _weights[$"{node.Node}.{tensor}"] = write;

    /// <summary>The value with its first dimension last in memory.</summary>
    public ComputedValue ChannelsLast(ComputedValue value)
    {
        if (value.Layout == Layout.ChannelsLast || value.Rank < 2)
            return value.Layout == Layout.Flattened ? RowMajor(value) : value;
        return Once(
            value,
            Layout.ChannelsLast,
            () => Reorder(value, Layout.ChannelsLast, [.. Enumerable.Range(1, value.Rank - 1), 0])
        );
    }

    /// <summary>The value in the file's order.</summary>
    public ComputedValue RowMajor(ComputedValue value)
    {
        if (value.Layout == Layout.RowMajor)
            return value;
        return Once(
            value,
            Layout.RowMajor,
            () =>
                value.Layout == Layout.Flattened
                    ? Unflattened(value)
                    : Reorder(value, Layout.RowMajor, [value.Rank - 1, .. Enumerable.Range(0, value.Rank - 1)])
        );
    }

    /// <summary>The node whose values are the same, before layers that only name dimensions.</summary>
    public (string Node, Shape Shape) Unshaped(ComputedValue value)
    {
        string name = value.Node;
        while (_values[name].Maker is { Layer: ReshapingLayer } shaped)
            name = shaped.Inputs[0];
        return (name, _values[name].Shape);
    }

    /// <summary>A layer that gives a value other dimensions without moving any.</summary>
    public ComputedValue Renamed(
        string name,
        ComputedValue value,
        int[] dimensions,
        Layout layout,
        int[]? source = null
    )
    {
        Shape target = ComputedValue.ShapeOf(dimensions, layout);
        (string node, Shape shape) = Unshaped(value);
        if (shape == target)
            return new ComputedValue(node, dimensions, layout, source);
        Layer layer = target.Dimensions.Length == 1 ? new Flatten() : new Reshape(target);
        return new ComputedValue(Put(name, layer, [(node, shape)]).Name, dimensions, layout, source);
    }

    /// <summary>A value cut along a dimension of the file: with all that lies behind it in memory, it is cut as channels are.</summary>
    public ComputedValue[] Split(string name, ComputedValue x, int axis, int[] lengths)
    {
        if (lengths.Length == 1)
            return [x];
        x = x.Layout == Layout.Flattened ? RowMajor(x) : x;
        int place = x.Layout == Layout.RowMajor ? axis : (axis + x.Rank - 1) % x.Rank;
        int[] memory = [.. x.Shape.Dimensions],
            before = memory[..place];
        int behind = x.Count / memory[..(place + 1)].Aggregate(1, (product, d) => product * d);
        ComputedValue rows = Renamed($"{name}.rows", x, [.. before, memory[place] * behind], Layout.RowMajor);
        Node parts = Put(name, new Split([.. lengths.Select(l => l * behind)]), [(rows.Node, rows.Shape)]);
        return [.. parts.Values.Zip(lengths, Part)];

        ComputedValue Part(string value, int length)
        {
            int[] dimensions = [.. x.Dimensions];
            dimensions[axis] = length;
            var part = new ComputedValue(value, [.. before, length * behind], Layout.RowMajor);
            return Renamed($"{value}.shaped", part, dimensions, x.Layout) with { BatchAxis = x.BatchAxis };
        }
    }

    /// <summary>The nodes that the outputs need.</summary>
    public Graph ToGraph(IReadOnlyList<GraphOutput> outputs)
    {
        var needed = outputs.Select(o => o.Node).ToHashSet();
        foreach (Node node in Enumerable.Reverse(_nodes).Where(n => needed.Overlaps(n.Values)))
            needed.UnionWith(node.Inputs);
        return new Graph([.. _nodes.Where(n => n.Layer is Input || needed.Overlaps(n.Values))], outputs);
    }

    /// <summary>Whether a tensor was given values, which are written then.</summary>
    public bool Fill(string tensor, Span<float> values)
    {
        if (_weights.TryGetValue(tensor, out Action<Span<float>>? write))
            write(values);
        else if (Tensors.TryGetValue(tensor, out float[]? given))
            given.CopyTo(values);
        else
            return false;
        return true;
    }

    private static ComputedValue[] RowsOf(Node node) =>
        [.. node.Values.Zip(node.Shapes, (value, shape) => new ComputedValue(value, [shape.Count], Layout.RowMajor))];

    private ComputedValue Unflattened(ComputedValue value)
    {
        ComputedValue image = Renamed($"{value.Node}.image", value, value.Source!, Layout.ChannelsLast);
        ComputedValue rows = Reorder(image, Layout.RowMajor, [image.Rank - 1, .. Enumerable.Range(0, image.Rank - 1)]);
        return Renamed($"{value.Node}.row", rows, value.Dimensions, Layout.RowMajor);
    }

    // Where either side of the exchange has length 1, the order in memory is the same.
    private ComputedValue Reorder(ComputedValue value, Layout layout, int[] order)
    {
        string name = $"{value.Node}.{(layout == Layout.RowMajor ? "channels_first" : "channels_last")}";
        int channels = value.Dimensions[0];
        return channels == 1 || value.Count == channels
            ? Renamed(name, value, value.Dimensions, layout)
            : Append(name, new Permute([.. order]), [value], value.Dimensions, layout);
    }

    private ComputedValue Once(ComputedValue value, Layout layout, Func<ComputedValue> make)
    {
        if (
            !_reordered.TryGetValue((value.Node, layout), out ComputedValue? made)
            || !made.Dimensions.SequenceEqual(value.Dimensions)
        )
            _reordered[(value.Node, layout)] = made = make();
        return made with { BatchAxis = value.BatchAxis };
    }

    // A node under the name, or one like it that leaves the names of all its values to it.
    private Node Put(string name, Layer layer, (string Name, Shape Shape)[] inputs, string? parametersOf = null)
    {
        try
        {
            Shape[] shapes = [.. layer.InferShapes([.. inputs.Select(i => i.Shape)]).Select(s => Bounded(name, s))];
            var node = new Node(Unused(name), layer, [.. inputs.Select(i => i.Name)], [.. shapes])
            {
                ParametersOf = parametersOf,
            };
            while (node.Values.Any(_values.ContainsKey))
                node = node with { Name = Unused($"{node.Name}.values") };
            Put(node);
            return node;
        }
        catch (ArgumentException e)
        {
            throw new UnsupportedException(e.Message, e);
        }
    }

    private Shape Bounded(string name, Shape made) =>
        made.Count <= options.MaxValuesPerExample
            ? made
            : throw new OnnxException(
                $"'{name}' makes {made.Count} values per example, above the limit of {options.MaxValuesPerExample}; raise it to import."
            );

    private void Put(Node node)
    {
        foreach ((string value, Shape shape) in node.Values.Zip(node.Shapes))
        {
            if (!_values.TryAdd(value, (node, shape)))
                throw new OnnxException($"'{value}' is the output of two nodes.");
            _names.Take(value);
        }

        _nodes.Add(node);
    }
}
