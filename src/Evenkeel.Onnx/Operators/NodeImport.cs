using System.Text;
using Evenkeel.Onnx.Construction;
using Evenkeel.Onnx.Files;
using Evenkeel.Onnx.Messages;

namespace Evenkeel.Onnx.Operators;

/// <summary>One node of the file while it is imported: its attributes, and the values that it reads.</summary>
/// <param name="file">The node.</param>
/// <param name="inputs">What its inputs stand for; null where it leaves one out.</param>
/// <param name="network">Where the layers go that it becomes.</param>
internal sealed class NodeImport(FileNode file, Value?[] inputs, ImportedGraph network)
{
    private readonly NodeProto _proto = file.Proto;
    private readonly Dictionary<string, AttributeProto> _attributes = file
        .Proto.Attribute.GroupBy(a => a.Name)
        .ToDictionary(named => named.Key, named => named.Last());

    public string Operator => _proto.OpType;

    public int Opset => file.Opset;

    public ImportedGraph Network => network;

    public long? FixedBatch => network.FixedBatch;

    /// <summary>Name for the layer: that of its weights if they are called <c>name.weight</c>, else the node's or its output's.</summary>
    public string Name =>
        Has(1)
        && Get(1) is Constant
        && _proto.Input[1] is var weight
        && weight.EndsWith(".weight", StringComparison.Ordinal)
            ? weight[..^".weight".Length]
            : OwnName;

    public string OwnName => file.Name;

    public int InputCount => inputs.Length;

    public int OutputCount => _proto.Output.Count(o => o.Length > 0);

    /// <summary>Results that the node has, unnamed ones among them.</summary>
    public int DeclaredOutputs => _proto.Output.Count;

    /// <summary>Whether the i-th input is given.</summary>
    public bool Has(int i) => i < inputs.Length && inputs[i] is not null;

    public Value Get(int i) => Has(i) ? inputs[i]! : throw new UnsupportedException($"input {i} is missing");

    /// <summary>A computed value whose batch comes first.</summary>
    public ComputedValue Computed(int i) =>
        ComputedAnywhere(i) is { BatchAxis: 0 } computed
            ? computed
            : throw new UnsupportedException(
                $"'{_proto.Input[i]}' has its batch in dimension {ComputedAnywhere(i).BatchAxis}; the operator reads values with the batch in front"
            );

    /// <summary>A computed value wherever its batch stands.</summary>
    public ComputedValue ComputedAnywhere(int i) =>
        Get(i) as ComputedValue
        ?? throw new UnsupportedException($"'{_proto.Input[i]}' is a constant where a computed value is expected");

    public ConstantTensor Constant(int i) =>
        (Get(i) as Constant)?.Tensor ?? throw new UnsupportedException(NotConstant(i));

    /// <summary>What is said of an input that is computed and must be known; the same of all nodes, which makes one sentence of them.</summary>
    public static string NotConstant(int input) =>
        $"its input {input + 1} must be a constant and is computed from the network's input";

    public ConstantTensor? OptionalConstant(int i) => Has(i) ? Constant(i) : null;

    /// <summary>The element type of the i-th input where the file holds it itself; null otherwise.</summary>
    public TensorType? ConstantType(int i) => Has(i) ? (Get(i) as Constant)?.Type : null;

    public bool HasAttribute(string name) => _attributes.ContainsKey(name);

    public long Int(string name, long defaultValue) =>
        _attributes.TryGetValue(name, out AttributeProto? a) ? a.I : defaultValue;

    public float Float(string name, float defaultValue) =>
        _attributes.TryGetValue(name, out AttributeProto? a) ? a.F : defaultValue;

    public long[]? Ints(string name) => _attributes.TryGetValue(name, out AttributeProto? a) ? [.. a.Ints] : null;

    public float[]? Floats(string name) => _attributes.TryGetValue(name, out AttributeProto? a) ? [.. a.Floats] : null;

    public string Text(string name, string defaultValue) =>
        _attributes.TryGetValue(name, out AttributeProto? a) ? Encoding.UTF8.GetString(a.S.Span) : defaultValue;

    public string[]? Texts(string name) =>
        _attributes.TryGetValue(name, out AttributeProto? a)
            ? [.. a.Strings.Select(s => Encoding.UTF8.GetString(s.Span))]
            : null;

    public ConstantTensor? Tensor(string name) =>
        _attributes.TryGetValue(name, out AttributeProto? a) && a.T is { } tensor
            ? network.Constants.Read(tensor)
            : null;

    public GraphProto? Graph(string name) => _attributes.GetValueOrDefault(name)?.G;

    /// <summary>Numbers that older versions have as an attribute and newer ones as an input.</summary>
    public long[]? IntsOrInput(string attribute, int input) =>
        Ints(attribute) ?? (Has(input) ? Constant(input).Integers : null);

    public void Note(string text) => Network.Notes.Add(Operator, OwnName, text);
}
