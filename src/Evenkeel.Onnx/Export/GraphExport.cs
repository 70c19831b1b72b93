using Evenkeel.Graphs;
using Evenkeel.Onnx.Messages;

namespace Evenkeel.Onnx.Export;

/// <summary>
/// Writes a network node by node. Every value of the model, [..., channels], is a value of the file, [batch, channels, ...].
/// </summary>
internal sealed class GraphExport
{
    private readonly GraphProto _graph = new() { Name = "evenkeel" };
    private readonly UniqueNames _names = new();
    private readonly HashSet<string> _taken;

    // Values that are outputs, and the names that they get for it.
    private readonly Dictionary<string, string> _renamed = [];
    private readonly Dictionary<string, string> _values = [];

    public GraphExport(Model model, OnnxExportOptions options, List<string> notes)
    {
        Model = model;
        Options = options;
        Notes = notes;
        Flattened = FlattenedOrder.Find(model.Graph);
        InputNames = InputNamesOf(model.Graph, options);
        OutputNames = OutputNamesOf(model.Graph, options);
        _taken = [.. InputNames, .. OutputNames];
        foreach (string name in _taken)
            _names.Take(name);
    }

    /// <summary>The file's names of the inputs, in the network's order.</summary>
    public string[] InputNames { get; }

    /// <summary>The file's names of the outputs, in the network's order.</summary>
    public string[] OutputNames { get; }

    public Model Model { get; }

    public OnnxExportOptions Options { get; }

    public List<string> Notes { get; }

    /// <summary>Rows that the file has in the order of channels first, and the image's shape before they were flattened.</summary>
    public IReadOnlyDictionary<string, Shape> Flattened { get; }

    /// <summary>The whole message.</summary>
    public ModelProto Run()
    {
        Graph graph = Model.Graph;
        foreach ((Node input, string name) in graph.Inputs.Zip(InputNames))
        {
            _values[input.Name] = name;
            _graph.Input.Add(Info(name, input.Shape));
        }

        foreach (Node node in graph.Nodes.Where(n => n.Layer is not Input))
            _values[node.Name] = LayerExport.Write(new NodeExport(node, this));
        for (int i = 0; i < OutputNames.Length; i++)
        {
            NameOutput(graph.OutputNames[i], OutputNames[i]);
            _graph.Output.Insert(i, Info(OutputNames[i], graph.ShapeOf(graph.OutputNames[i])));
        }

        Rename();

        var model = new ModelProto
        {
            IrVersion = IrVersion(Options.Opset),
            ProducerName = "Evenkeel",
            ProducerVersion = typeof(GraphExport).Assembly.GetName().Version?.ToString(3) ?? "",
            Graph = _graph,
        };
        model.OpsetImport.Add(new OperatorSetIdProto { Domain = "", Version = Options.Opset });
        foreach ((string key, string value) in Options.Metadata)
            model.MetadataProps.Add(new StringStringEntryProto { Key = key, Value = value });
        return model;
    }

    /// <summary>The file's name of a value.</summary>
    public string ValueOf(string value) => _values[value];

    /// <summary>A name that nothing else in the file has.</summary>
    public string Unused(string wanted)
    {
        string name = _names.Unused(wanted);
        _names.Take(name);
        return name;
    }

    /// <summary>Names a value that a node of several outputs makes.</summary>
    public string Make(string value) => _values[value] = Unused(value);

    public void Add(string name, string operation, string[] inputs, string[] outputs, AttributeProto[] attributes)
    {
        var node = new NodeProto { OpType = operation, Name = name };
        node.Input.AddRange(inputs);
        node.Output.AddRange(outputs);
        node.Attribute.AddRange(attributes);
        _graph.Node.Add(node);
    }

    public void Add(TensorProto tensor) => _graph.Initializer.Add(tensor);

    /// <summary>Makes a value an output of the file.</summary>
    public void AddOutput(string value, int count)
    {
        ValueInfoProto info = Info(value, new Shape(count));
        info.Type.TensorType.Shape.Dim.RemoveAt(0);
        _graph.Output.Add(info);
    }

    // Released versions of the format and the opsets that came with them.
    private static int IrVersion(int opset) =>
        opset >= 21 ? 10
        : opset >= 19 ? 9
        : opset >= 15 ? 8
        : 7;

    private static ValueInfoProto Info(string name, Shape shape)
    {
        var dimensions = new TensorShapeProto();
        dimensions.Dim.Add(new TensorShapeProto.Types.Dimension { DimParam = "batch" });
        foreach (int d in NodeExport.ChannelsFirst(shape))
            dimensions.Dim.Add(new TensorShapeProto.Types.Dimension { DimValue = d });
        var tensor = new TypeProto.Types.Tensor { ElemType = (int)TensorType.Float, Shape = dimensions };
        return new ValueInfoProto
        {
            Name = name,
            Type = new TypeProto { TensorType = tensor },
        };
    }

    /// <summary>The file's names of a network's inputs.</summary>
    public static string[] InputNamesOf(Graph graph, OnnxExportOptions options) =>
        [options.InputName ?? graph.Input.Name, .. graph.Inputs.Skip(1).Select(n => n.Name)];

    /// <summary>The file's names of a network's outputs.</summary>
    public static string[] OutputNamesOf(Graph graph, OnnxExportOptions options)
    {
        // In a file inputs and what is made are named apart.
        string[] names =
        [
            .. graph.Results.Select(o =>
                o is { GivenName: null } && graph[o.Node].Layer is Input ? $"{o.Node}_output" : o.Name
            ),
        ];
        if (options.OutputName is { } primary)
            names[0] = primary;
        else if (graph.Results is [{ GivenName: null }])
            names[0] = "output";
        return names;
    }

    // The value that is an output gets its name wherever it stands; one that has a name already, as inputs have, needs a node between.
    private void NameOutput(string node, string name)
    {
        string value = _values[node],
            present = _renamed.GetValueOrDefault(value, value);
        if (_taken.Contains(present))
            Add(Unused($"{name}.identity"), "Identity", [present], [name], []);
        else
            _renamed[value] = name;
    }

    private void Rename()
    {
        foreach (NodeProto proto in _graph.Node)
        {
            for (int i = 0; i < proto.Input.Count; i++)
                proto.Input[i] = _renamed.GetValueOrDefault(proto.Input[i], proto.Input[i]);
            for (int i = 0; i < proto.Output.Count; i++)
                proto.Output[i] = _renamed.GetValueOrDefault(proto.Output[i], proto.Output[i]);
        }
    }
}
