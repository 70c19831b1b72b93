using Evenkeel.Onnx.Messages;

namespace Evenkeel.Onnx.Files;

/// <summary>What a file's graph holds: nodes with local functions inlined, constants, inputs and outputs.</summary>
internal sealed class FileGraph
{
    private readonly GraphProto _graph;
    private readonly InliningLimit _limit;
    private readonly FunctionInlining _functions;
    private readonly IReadOnlyList<FileNode> _nodes;
    private readonly Dictionary<string, TensorProto> _constants = [];
    private readonly Dictionary<string, ValueInfoProto> _declared = [];

    public FileGraph(ModelProto model, OnnxImportOptions options)
    {
        _graph = model.Graph;
        Opset = OpsetImport.Of(model.OpsetImport) ?? 1;
        _limit = new InliningLimit(options);
        _functions = new FunctionInlining(model, _limit);
        _nodes = _functions.Expand(_graph.Node.Select(n => new FileNode(n, Opset)));
        foreach (TensorProto tensor in _graph.Initializer)
            _constants[tensor.Name] = tensor;
        foreach (ValueInfoProto value in _graph.ValueInfo.Concat(_graph.Output))
            _declared[value.Name] = value;
        var made = new HashSet<string>();
        if (_nodes.SelectMany(n => n.Outputs).FirstOrDefault(o => !made.Add(o)) is { } twice)
            throw new OnnxException($"'{twice}' is the output of two nodes.");
    }

    public int Opset { get; }

    /// <summary>Inputs without a value of their own.</summary>
    public ValueInfoProto[] Inputs => [.. OnnxInput.Declared(_graph)];

    // A node that normalises while training also gives out its new running statistics; a model keeps those itself.
    /// <summary>Every output that is computed from the input.</summary>
    public string[] OutputNames =>
        [
            .. _graph
                .Output.Select(o => o.Name)
                .Except(_nodes.Where(n => n.Operator == "BatchNormalization").SelectMany(n => n.Proto.Output.Skip(1))),
        ];

    /// <summary>Whether a value of this name can be asked for.</summary>
    public bool Makes(string name) =>
        _graph.Output.Any(o => o.Name == name) || _nodes.Any(n => n.Proto.Output.Contains(name));

    /// <summary>A constant of the file, or null.</summary>
    public TensorProto? Constant(string name) => _constants.GetValueOrDefault(name);

    /// <summary>What the file says of an input.</summary>
    public OnnxInput Describe(ValueInfoProto input) => OnnxInput.Of(input, _graph);

    /// <summary>What the file says of the shape of a value, or null.</summary>
    public ValueInfoProto? Declared(string name) => _declared.GetValueOrDefault(name);

    /// <summary>The nodes that some values need, in order.</summary>
    public FileNode[] Needed(IEnumerable<string> outputs)
    {
        HashSet<string> needed = [.. outputs];
        var nodes = new List<FileNode>();
        foreach (FileNode node in _nodes.Reverse().Where(n => n.Outputs.Any(needed.Contains)))
        {
            nodes.Add(node);
            needed.UnionWith(node.Reads);
        }

        nodes.Reverse();
        return [.. nodes];
    }

    /// <summary>The nodes of an If's branch in the place of the node.</summary>
    public IReadOnlyList<FileNode> Inline(FileNode node, GraphProto branch)
    {
        (IEnumerable<FileNode> nodes, IReadOnlyList<TensorProto> constants) = BranchInlining.Run(node, branch, _limit);
        foreach (TensorProto constant in constants)
            _constants[constant.Name] = constant;
        return _functions.Expand(nodes);
    }
}
