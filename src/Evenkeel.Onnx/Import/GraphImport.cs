using Evenkeel.Onnx.Messages;
using Evenkeel.Onnx.Operators;

namespace Evenkeel.Onnx.Import;

/// <summary>Walks a file's graph and builds the network.</summary>
internal sealed class GraphImport
{
    private readonly GraphProto _graph;
    private readonly ExternalData? _external;
    private readonly string _file;
    private readonly Dictionary<string, Value> _values = [];
    private readonly Dictionary<string, TensorProto> _initializers = [];
    private readonly List<string> _unsupported = [];

    public GraphImport(ModelProto model, string file, ExternalData? external, OnnxImportOptions options)
    {
        _graph = model.Graph;
        _file = file;
        _external = external;
        Network = new Assembly(options);
        Opset = OpsetOf(model);
        if (_graph.Node.Count > options.MaxNodes)
            throw Error($"{_graph.Node.Count} nodes exceed the limit of {options.MaxNodes}");
        foreach (TensorProto tensor in _graph.Initializer)
            _initializers[tensor.Name] = tensor;
    }

    public int Opset { get; }

    public Assembly Network { get; }

    /// <summary>The batch that the file was made for; null if it is symbolic.</summary>
    public long? FixedBatch { get; private set; }

    public string InputName { get; private set; } = "";

    public string OutputName { get; private set; } = "";

    /// <summary>Every output of the file that is computed from its input.</summary>
    public string[] OutputNames => [.. _graph.Output.Select(o => o.Name).Except(StatisticsOutputs())];

    public ConstantTensor Read(TensorProto tensor)
    {
        try
        {
            return TensorReader.Read(tensor, _external);
        }
        catch (OnnxException e)
        {
            throw Error(e.Message.TrimEnd('.'), e);
        }
    }

    /// <summary>What a name stands for.</summary>
    public Value Value(string name)
    {
        if (_values.TryGetValue(name, out Value? value))
            return value;
        if (!_initializers.TryGetValue(name, out TensorProto? tensor))
            throw Error($"'{name}' is read before any node makes it");
        return _values[name] = new Constant(Read(tensor));
    }

    public void Define(string name, Value value)
    {
        if (!_values.TryAdd(name, value))
            throw Error($"'{name}' is made twice");
    }

    /// <summary>Builds the model.</summary>
    public Model Run()
    {
        OutputName = ChooseOutput();
        NodeProto[] nodes = Needed(OutputName);
        BeginInput(nodes);
        foreach (NodeProto node in nodes)
            Import(node);
        if (_unsupported.Count > 0)
            throw Error(
                $"{_unsupported.Count} node(s) cannot be imported: {string.Join("; ", _unsupported)}. Remove them or export the "
                    + "model without them"
            );
        if (Value(OutputName) is not Signal output)
            throw Error($"the output '{OutputName}' does not depend on the input '{InputName}'");
        return Network.ToModel(output.Rank > 1 ? Network.ChannelsLast(output) : Network.RowMajor(output));
    }

    private void Import(NodeProto proto)
    {
        var node = new NodeImport(proto, this);
        try
        {
            string[] missing =
            [
                .. proto.Input.Where(i => i.Length > 0).Select(Value).OfType<Missing>().Select(m => m.Reason),
            ];
            if (missing.Any(reason => reason.Length > 0))
                throw new UnsupportedException(missing.First(reason => reason.Length > 0));
            if (missing.Length == 0)
                OperatorTable.Import(node, proto);
            DefineRest(proto, missing.Length > 0 ? "" : $"it reads an output of '{node.OwnName}' that is not computed");
        }
        catch (Exception e) when (e is UnsupportedException or ArgumentException or OverflowException)
        {
            _unsupported.Add($"{node.OwnName} ({proto.OpType}): {e.Message}");
            DefineRest(proto, "");
        }
    }

    // A reason that is empty has been told already.
    private void DefineRest(NodeProto proto, string reason)
    {
        foreach (string output in proto.Output.Where(o => o.Length > 0))
            _values.TryAdd(output, new Missing(reason));
    }

    private string ChooseOutput()
    {
        string[] outputs = OutputNames;
        if (Network.Options.Output is { } wanted)
            return _graph.Output.Any(o => o.Name == wanted) || _graph.Node.Any(n => n.Output.Contains(wanted))
                ? wanted
                : throw Error($"there is no output '{wanted}'; it has {string.Join(", ", outputs)}");
        if (outputs.Length == 0)
            throw Error("it has no output");
        if (outputs.Length > 1)
            Network.Notes.Add(
                $"It has {outputs.Length} outputs ({string.Join(", ", outputs)}); '{outputs[0]}' is imported, the others can be asked for."
            );
        return outputs[0];
    }

    // A node that normalises while training also gives out its new running statistics; a model keeps those itself.
    private IEnumerable<string> StatisticsOutputs() =>
        _graph.Node.Where(n => n.OpType == "BatchNormalization").SelectMany(n => n.Output.Skip(1));

    private NodeProto[] Needed(string output)
    {
        var made = new HashSet<string>();
        foreach (string name in _graph.Node.SelectMany(n => n.Output).Where(o => o.Length > 0))
        {
            if (!made.Add(name))
                throw Error($"'{name}' is made twice");
        }

        var needed = new HashSet<string> { output };
        var nodes = new List<NodeProto>();
        foreach (NodeProto node in _graph.Node.Reverse().Where(n => n.Output.Any(needed.Contains)))
        {
            nodes.Add(node);
            foreach (string input in node.Input.Where(i => i.Length > 0))
                needed.Add(input);
        }

        nodes.Reverse();
        return [.. nodes];
    }

    private void BeginInput(NodeProto[] nodes)
    {
        var read = nodes.SelectMany(n => n.Input).Append(OutputName).ToHashSet();
        ValueInfoProto[] declared = [.. OnnxInput.Declared(_graph)];
        if (Network.Options.InputShapes.Keys.FirstOrDefault(k => declared.All(i => i.Name != k)) is { } unknown)
            throw Error($"there is no input '{unknown}'; it has {string.Join(", ", declared.Select(i => i.Name))}");
        ValueInfoProto[] inputs = [.. declared.Where(i => read.Contains(i.Name))];
        if (inputs.Length != 1)
            throw Error(
                inputs.Length == 0
                    ? $"the output '{OutputName}' depends on no input"
                    : $"it has {inputs.Length} inputs ({string.Join(", ", inputs.Select(i => i.Name))}); networks with one are imported"
            );
        InputName = inputs[0].Name;
        (FixedBatch, int[] dimensions) = InputDimensions.Read(inputs[0], Network.Options, Error);
        Define(InputName, Network.Begin(InputName, dimensions));
    }

    private int OpsetOf(ModelProto model)
    {
        long opset = model.OpsetImport.FirstOrDefault(o => o.Domain is "" or "ai.onnx")?.Version ?? 1;
        if (opset is < 1 or > int.MaxValue)
            throw Error($"opset {opset} is not one");
        if (opset > OperatorTable.NewestKnown)
            Network.Notes.Add(
                $"The file is of opset {opset}; operators are known as they are up to {OperatorTable.NewestKnown}."
            );
        return (int)opset;
    }

    private OnnxException Error(string message) => new($"{_file}: {message}.");

    private OnnxException Error(string message, Exception inner) => new($"{_file}: {message}.", inner);
}
