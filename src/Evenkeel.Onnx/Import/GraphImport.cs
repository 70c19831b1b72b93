using Evenkeel.Graphs;
using Evenkeel.Onnx.Construction;
using Evenkeel.Onnx.Files;
using Evenkeel.Onnx.Messages;
using Evenkeel.Onnx.Operators;

namespace Evenkeel.Onnx.Import;

/// <summary>Walks a file's graph and builds the network.</summary>
internal sealed class GraphImport
{
    private const string OneOutput = "; one output can be imported alone, with what it needs of the network";

    private readonly FileGraph _graph;
    private readonly Dictionary<string, Value> _values = [];
    private readonly Dictionary<string, FileNode> _makers = [];
    private readonly Refusal _refusal = new();

    // The outputs that are imported, the primary one first.
    private string[] _wanted = [];

    public GraphImport(ModelProto model, ExternalData? external, OnnxImportOptions options)
    {
        _graph = new FileGraph(model, options);
        Network = new ImportedGraph(external, options);
        if (Opset > OperatorTable.NewestKnown)
            Network.Notes.Add(
                $"The file has opset {Opset}; its operators were read as in opset {OperatorTable.NewestKnown}, the newest that is known."
            );
    }

    public int Opset => _graph.Opset;

    public ImportedGraph Network { get; }

    /// <summary>Every output of the file that is computed from its inputs.</summary>
    public string[] OutputNames => _graph.OutputNames;

    /// <summary>Builds the model.</summary>
    public Model Run()
    {
        _wanted = ChooseOutputs();
        FileNode[] nodes = _graph.Needed(_wanted);
        BeginInputs(nodes);
        foreach (FileNode node in nodes)
            Import(node);
        HashSet<FileNode> relevant = Relevant();
        if (_refusal.Sentence(relevant.Contains, ValueBefore) is { } refused)
            throw new OnnxException($"{refused}{(_wanted.Length > 1 ? OneOutput : "")}.");
        if (Network.Constants.Conversions is { Count: > 0 } conversions)
            Network.Notes.Add($"Its weights or its input are {string.Join(" and ", conversions)} float32.");
        Graph graph = BiasFolding.Run(Network.ToGraph(Outputs()), Network.Tensors);
        return Model.Create(WrittenOut.Run(graph, Network.Tensors), 0, Network.Fill);
    }

    private List<GraphOutput> Outputs()
    {
        var outputs = new List<GraphOutput>();
        foreach (string name in _wanted)
        {
            string constant = $"The output '{name}' depends on no input";
            switch (ValueOf(name))
            {
                case ComputedValue output:
                    NoteBatch("output", name, output.BatchAxis);
                    ComputedValue ordered = output.Rank > 1 ? Network.ChannelsLast(output) : Network.RowMajor(output);
                    outputs.Add(new GraphOutput(ordered.Node, name));
                    break;
                case Missing { Reason.Length: > 0 } missing:
                    throw new OnnxException($"The output '{name}' cannot be imported: {missing.Reason}.");
                case var _ when _wanted.Length == 1:
                    throw new OnnxException($"{constant}.");
                default:
                    Network.Notes.Add($"{constant}; it is left out.");
                    break;
            }
        }

        return outputs.Count > 0 ? outputs : throw new OnnxException("No output depends on an input.");
    }

    private void Import(FileNode file)
    {
        foreach (string output in file.Outputs)
            _makers[output] = file;
        try
        {
            Value?[] inputs = [.. file.Proto.Input.Select(i => i.Length > 0 ? ValueOf(i) : null)];
            Missing[] missing = [.. inputs.OfType<Missing>()];
            var node = new NodeImport(file, inputs, Network);
            if (missing.FirstOrDefault(m => m.Reason.Length > 0) is { } notComputed)
                throw new UnsupportedException(notComputed.Reason);
            if (missing.Length > 0)
                Pass(file);
            else if (ConditionalImport.Branch(node) is { } branch)
                foreach (FileNode inner in _graph.Inline(file, branch))
                    Import(inner);
            else
                Define(file, OperatorTable.Import(node, file));
            DefineRest(file, missing.Length > 0 ? "" : $"it reads an output of '{file.Name}' that is not computed");
        }
        catch (OverflowException)
        {
            Block(file, "its sizes are beyond 2^31; no tensor is that large");
        }
        catch (Exception e) when (e is UnsupportedException or ArgumentException)
        {
            Block(file, e.Message);
        }
    }

    // What a name stands for.
    private Value ValueOf(string name)
    {
        if (_values.TryGetValue(name, out Value? value))
            return value;
        return _graph.Constant(name) is { } tensor
            ? _values[name] = new Constant(Network.Constants.Read(tensor), (TensorType)tensor.DataType)
            : throw new OnnxException($"'{name}' is read before any node makes it.");
    }

    private void Define(FileNode file, IReadOnlyList<Value> results)
    {
        foreach ((string name, Value value) in file.Proto.Output.Zip(results).Where(made => made.First.Length > 0))
            Define(name, value);
    }

    private void Define(string name, Value value)
    {
        if (!_values.TryAdd(name, value))
            throw new OnnxException($"'{name}' is the output of two nodes.");
    }

    // Behind a node that stands in the way, operators that are unknown are looked for all the same.
    private void Pass(FileNode file)
    {
        string? obstacle = OperatorTable.Obstacle(file, IsComputed(file));
        if (obstacle is null && OperatorTable.Weights(file) is { } weights && IsComputed(ValueOf(weights)))
            obstacle = NodeImport.NotConstant(1);
        if (obstacle is not null)
            Block(file, obstacle);
    }

    private void Block(FileNode file, string reason)
    {
        _refusal.Add(file, reason);
        foreach (FileNode inner in file.Inner)
        {
            if (OperatorTable.Obstacle(inner, isComputed: false) is { } obstacle)
                _refusal.Add(file, inner, obstacle);
        }

        DefineRest(file, "");
    }

    // Sizes are known whatever they are the sizes of.
    private bool IsComputed(FileNode file) =>
        file.Operator is not ("Shape" or "Size")
        && file.Proto.Input.Where(i => i.Length > 0).Select(ValueOf).Any(IsComputed);

    private static bool IsComputed(Value value) => value is ComputedValue or Missing { IsComputed: true };

    // A reason that is empty has been told already. Where the file says the shape, the nodes behind are looked at as well.
    private void DefineRest(FileNode file, string reason)
    {
        bool computed = IsComputed(file);
        foreach (string output in file.Outputs.Where(o => !_values.ContainsKey(o)))
            _values[output] =
                reason.Length == 0
                && _graph.Declared(output) is { } declared
                && InputDimensions.IfKnown(declared, Network.Options) is { } dimensions
                    ? Network.Stand(output, dimensions)
                    : new Missing(reason, computed);
    }

    private string[] ChooseOutputs()
    {
        string[] outputs = OutputNames;
        if (Network.Options.Output is { } wanted)
            return _graph.Makes(wanted)
                ? [wanted]
                : throw new OnnxException($"There is no output '{wanted}'; it has {string.Join(", ", outputs)}.");
        return outputs.Length > 0 ? outputs : throw new OnnxException("It has no output.");
    }

    private void BeginInputs(FileNode[] nodes)
    {
        ValueInfoProto[] declared = _graph.Inputs;
        IEnumerable<string> named = Network.Options.InputShapes.Keys.Concat(Network.Options.InputValues.Keys);
        if (named.FirstOrDefault(k => declared.All(i => i.Name != k)) is { } unknown)
            throw new OnnxException(
                $"There is no input '{unknown}'; it has {string.Join(", ", declared.Select(i => i.Name))}."
            );
        foreach ((string name, double value) in Network.Options.InputValues)
            Define(name, GivenInput.Read(declared.First(i => i.Name == name), value));
        HashSet<string> read = [.. nodes.SelectMany(n => n.Reads), .. _wanted];
        ValueInfoProto[] inputs = [.. declared.Where(i => read.Contains(i.Name) && !_values.ContainsKey(i.Name))];
        if (inputs.Length == 0)
            throw new OnnxException($"The output '{_wanted[0]}' depends on no input.");
        OnnxInput[] known = [.. inputs.Select(_graph.Describe).Where(i => i.Dimensions is { Length: > 0 })];
        string batch = known.All(i => i.BatchAxis == 0) ? "the first dimension, which must be the batch" : "the batch";
        if (known.DistinctBy(i => i.Dimensions!.Value[i.BatchAxis].Size).Count() > 1)
            _refusal.Add(
                $"its inputs {string.Join(", ", known.AsEnumerable())} differ in {batch}; export it with the same batch for all"
            );
        foreach (ValueInfoProto input in inputs)
            Define(input.Name, Begin(input));
    }

    private Value Begin(ValueInfoProto input)
    {
        try
        {
            OnnxInput declared = _graph.Describe(input);
            (Network.FixedBatch, int[] dimensions) = InputDimensions.Read(input, declared, Network.Options);
            Network.Constants.NoteConversion((TensorType)input.Type.TensorType.ElemType);
            NoteBatch("input", input.Name, declared.BatchAxis);
            Value begun = Network.Begin(input.Name, dimensions) with { BatchAxis = declared.BatchAxis };
            return begun;
        }
        catch (OnnxException e)
        {
            _refusal.Add(e.Message);
            return new Missing("", IsComputed: true);
        }
    }

    private void NoteBatch(string kind, string name, int axis)
    {
        if (axis > 0)
            Network.Notes.Add(
                $"The {kind} '{name}' has its batch in dimension {axis} in the file; the model has it in front."
            );
    }

    // Nodes of branches that were not chosen do not matter.
    private HashSet<FileNode> Relevant()
    {
        var relevant = new HashSet<FileNode>();
        var open = new Stack<string>(_wanted);
        while (open.TryPop(out string? name))
        {
            if (!_makers.TryGetValue(name, out FileNode? maker) || !relevant.Add(maker))
                continue;
            foreach (string input in maker.Reads)
                open.Push(input);
        }

        return relevant;
    }

    private string? ValueBefore(FileNode node) =>
        node.Reads.FirstOrDefault(name =>
            _makers.ContainsKey(name) && _values.GetValueOrDefault(name) is ComputedValue { Stands: false }
        );
}
