using Evenkeel.Graphs;
using Evenkeel.Layers;
using Evenkeel.Onnx.Messages;

namespace Evenkeel.Onnx.Export;

/// <summary>
/// Writes a network node by node. Every value of the model, [..., channels], is a value of the file, [batch, channels, ...].
/// </summary>
internal sealed class GraphExport
{
    private readonly GraphProto _graph = new() { Name = "evenkeel" };
    private readonly HashSet<string> _names = [];
    private readonly Dictionary<string, string> _values = [];

    public GraphExport(Model model, OnnxExportOptions options, List<string> notes)
    {
        Model = model;
        Options = options;
        Notes = notes;
        Flattened = FlattenedOrder.Find(model.Graph);
        _names.Add(options.InputName);
        _names.Add(options.OutputName);
    }

    public Model Model { get; }

    public OnnxExportOptions Options { get; }

    public List<string> Notes { get; }

    /// <summary>Rows that the file has in the order of channels first, and the image's shape before they were flattened.</summary>
    public IReadOnlyDictionary<string, Shape> Flattened { get; }

    /// <summary>The whole message.</summary>
    public ModelProto Run()
    {
        Graph graph = Model.Graph;
        _values[graph.Input.Name] = Options.InputName;
        _graph.Input.Add(Info(Options.InputName, graph.Input.Shape));
        foreach (Node node in graph.Nodes.Where(n => n.Layer is not Input))
            _values[node.Name] = LayerExport.Write(new NodeExport(node, this));
        NameOutput(_values[graph.OutputName]);
        _graph.Output.Insert(0, Info(Options.OutputName, graph.Output.Shape));
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

    /// <summary>The file's name of a node's value.</summary>
    public string ValueOf(string node) => _values[node];

    /// <summary>A name that nothing else in the file has.</summary>
    public string Unused(string wanted)
    {
        string name = wanted;
        for (int i = 2; !_names.Add(name); i++)
            name = $"{wanted}_{i}";
        return name;
    }

    public void Add(NodeProto node) => _graph.Node.Add(node);

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

    // The value that is the output gets its name wherever it stands; an input that is the output needs a node between.
    private void NameOutput(string value)
    {
        if (value == Options.InputName)
        {
            var identity = new NodeProto { OpType = "Identity", Name = "identity" };
            identity.Input.Add(value);
            identity.Output.Add(Options.OutputName);
            Add(identity);
            return;
        }

        foreach (NodeProto node in _graph.Node)
        {
            for (int i = 0; i < node.Input.Count; i++)
                node.Input[i] = node.Input[i] == value ? Options.OutputName : node.Input[i];
            for (int i = 0; i < node.Output.Count; i++)
                node.Output[i] = node.Output[i] == value ? Options.OutputName : node.Output[i];
        }
    }
}
