using System.Text;
using Evenkeel.Onnx.Messages;

namespace Evenkeel.Onnx.Import;

/// <summary>One node of the file while it is imported: its attributes, what it reads, and where its results go.</summary>
internal sealed class NodeImport(FileNode file, GraphImport graph)
{
    private readonly NodeProto _proto = file.Proto;
    private readonly Dictionary<string, AttributeProto> _attributes = Attributes(file.Proto);

    public string Operator => _proto.OpType;

    public int Opset => file.Opset;

    public Assembly Network => graph.Network;

    public long? FixedBatch => graph.FixedBatch;

    /// <summary>Name for the layer: that of its weights if they are called <c>name.weight</c>, else the node's or its output's.</summary>
    public string Name =>
        InputName(1) is { } weight
        && weight.EndsWith(".weight", StringComparison.Ordinal)
        && Has(1)
        && Get(1) is Constant
            ? weight[..^".weight".Length]
            : OwnName;

    public string OwnName => file.Name;

    public int InputCount => _proto.Input.Count;

    public int OutputCount => _proto.Output.Count(o => o.Length > 0);

    /// <summary>Results that the node has, those among them that nobody names.</summary>
    public int DeclaredOutputs => _proto.Output.Count;

    /// <summary>Whether the i-th input is given.</summary>
    public bool Has(int i) => InputName(i) is not null;

    public Value Get(int i) =>
        InputName(i) is { } name ? graph.Value(name) : throw new UnsupportedException($"input {i} is missing");

    public Signal Signal(int i) =>
        Get(i) is Moved moved
            ? throw new UnsupportedException(
                $"'{InputName(i)}' has its batch in dimension {moved.BatchAxis}; only Transpose, Slice, Split, Squeeze and Gather read such values"
            )
            : Get(i) as Signal
                ?? throw new UnsupportedException($"'{InputName(i)}' is a constant where a computed value is expected");

    /// <summary>A signal wherever its batch stands.</summary>
    public Placed Placed(int i) => Get(i) is Moved moved ? new(moved.Values, moved.BatchAxis) : new(Signal(i), 0);

    public ConstantTensor Constant(int i) =>
        (Get(i) as Constant)?.Tensor ?? throw new UnsupportedException(NotConstant(i));

    /// <summary>What is said of an input that is computed and must be known; the same of all nodes, which makes one sentence of them.</summary>
    public static string NotConstant(int input) =>
        $"its input {input + 1} must be a constant and is computed from the network's input";

    public ConstantTensor? OptionalConstant(int i) => Has(i) ? Constant(i) : null;

    /// <summary>The element type of the i-th input where the file holds it itself; null otherwise.</summary>
    public TensorType? ConstantType(int i) => InputName(i) is { } name ? graph.TypeOf(name) : null;

    public bool HasAttribute(string name) => _attributes.ContainsKey(name);

    public long Int(string name, long otherwise) =>
        _attributes.TryGetValue(name, out AttributeProto? a) ? a.I : otherwise;

    public float Float(string name, float otherwise) =>
        _attributes.TryGetValue(name, out AttributeProto? a) ? a.F : otherwise;

    public long[]? Ints(string name) => _attributes.TryGetValue(name, out AttributeProto? a) ? [.. a.Ints] : null;

    public float[]? Floats(string name) => _attributes.TryGetValue(name, out AttributeProto? a) ? [.. a.Floats] : null;

    public string Text(string name, string otherwise) =>
        _attributes.TryGetValue(name, out AttributeProto? a) ? Encoding.UTF8.GetString(a.S.Span) : otherwise;

    public ConstantTensor? Tensor(string name) =>
        _attributes.TryGetValue(name, out AttributeProto? a) && a.T is { } tensor ? graph.Read(tensor) : null;

    public GraphProto? Graph(string name) => _attributes.GetValueOrDefault(name)?.G;

    /// <summary>Numbers that older versions have as an attribute and newer ones as an input.</summary>
    public long[]? IntsOrInput(string attribute, int input) =>
        Ints(attribute) ?? (Has(input) ? Constant(input).Integers : null);

    public void Set(Value value) => Set(0, value);

    public void Set(int output, Value value)
    {
        if (output < _proto.Output.Count && _proto.Output[output].Length > 0)
            graph.Define(_proto.Output[output], value);
    }

    public void Note(string text) => Network.Notes.Add(Operator, OwnName, text);

    private string? InputName(int i) => i < _proto.Input.Count && _proto.Input[i].Length > 0 ? _proto.Input[i] : null;

    private static Dictionary<string, AttributeProto> Attributes(NodeProto node)
    {
        var attributes = new Dictionary<string, AttributeProto>();
        foreach (AttributeProto attribute in node.Attribute)
            attributes[attribute.Name] = attribute;
        return attributes;
    }
}
