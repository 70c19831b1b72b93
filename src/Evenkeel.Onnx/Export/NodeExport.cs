using System.Runtime.InteropServices;
using Evenkeel.Graphs;
using Evenkeel.Onnx.Messages;
using Evenkeel.Rewrites;
using Google.Protobuf;

namespace Evenkeel.Onnx.Export;

/// <summary>One layer while it is written.</summary>
internal sealed class NodeExport(Node node, GraphExport graph)
{
    public Node Node => node;

    public string Name => node.Name;

    public OnnxExportOptions Options => graph.Options;

    /// <summary>Shape of the first input in the model.</summary>
    public Shape InputShape => graph.Model.Graph.ShapeOf(node.Inputs[0]);

    /// <summary>The file's names of what is read.</summary>
    public string[] Inputs => [.. node.Inputs.Select(graph.ValueOf)];

    /// <summary>The image whose order the input has in the file; null if the order is the model's.</summary>
    public Shape? FlattenedImage => graph.Flattened.TryGetValue(node.Inputs[0], out Shape image) ? image : null;

    /// <summary>Whether this layer's value is in the order of channels first.</summary>
    public bool MakesFlattened => graph.Flattened.ContainsKey(node.Name);

    /// <summary>The dimensions of one example in the file.</summary>
    public static int[] ChannelsFirst(Shape shape) => [shape.Channels, .. shape.Dimensions[..^1]];

    /// <summary>A tensor of the layer as the model has it.</summary>
    public float[] Values(string tensor) => graph.Model.Floats($"{node.Name}.{tensor}").ToArray();

    /// <summary>Weights and bias of a normalisation that decorrelates, with its running statistics.</summary>
    public (float[] Weights, float[] Bias) AffineMap() => WhiteningFolding.MapOf(graph.Model, node.Name);

    /// <summary>One value per input of a layer, in the order of the file.</summary>
    public float[] InFileOrder(float[] values) =>
        FlattenedImage is { } image ? ChannelOrder.ToFirst(values, image) : values;

    /// <summary>Writes a node of one output and returns its name.</summary>
    public string Emit(string operation, string[] inputs, params AttributeProto[] attributes) =>
        EmitAs(node.Name, operation, inputs, attributes);

    /// <summary>Writes a node of one output under another name than the layer's.</summary>
    public string EmitAs(string name, string operation, string[] inputs, params AttributeProto[] attributes)
    {
        string output = graph.Unused(name);
        graph.Add(output, operation, inputs, [output], attributes);
        return output;
    }

    /// <summary>Writes a node, called as its first output is, of several outputs that have their names already.</summary>
    public void EmitMany(string operation, string[] inputs, string[] outputs, params AttributeProto[] attributes) =>
        graph.Add(outputs[0], operation, inputs, outputs, attributes);

    /// <summary>The file's name of one of the layer's values, which a node of several outputs makes.</summary>
    public string Make(string value) => graph.Make(value);

    public string Unused(string suffix) => graph.Unused($"{node.Name}{suffix}");

    public void AddOutput(string value, int count) => graph.AddOutput(value, count);

    /// <summary>Writes floats as a constant named after the layer.</summary>
    public string Floats(string suffix, float[] values, params int[] dimensions) =>
        Constant(suffix, TensorType.Float, MemoryMarshal.AsBytes(values.AsSpan()), dimensions);

    /// <summary>Writes integers as a constant named after the layer.</summary>
    public string Integers(string suffix, params long[] values) =>
        Constant(suffix, TensorType.Int64, MemoryMarshal.AsBytes(values.AsSpan()), [values.Length]);

    /// <summary>Writes true as a constant named after the layer.</summary>
    public string True(string suffix) => Constant(suffix, TensorType.Bool, [1], []);

    public void Note(string text) => graph.Notes.Add($"{node.Name}: {text}.");

    public static AttributeProto Attribute(string name, long value) => Attribute(name, 2, a => a.I = value);

    public static AttributeProto Attribute(string name, float value) => Attribute(name, 1, a => a.F = value);

    public static AttributeProto Attribute(string name, string value) =>
        Attribute(name, 3, a => a.S = ByteString.CopyFromUtf8(value));

    public static AttributeProto Attribute(string name, int[] values) =>
        Attribute(name, 7, a => a.Ints.AddRange(values.Select(v => (long)v)));

    private static AttributeProto Attribute(string name, int type, Action<AttributeProto> set)
    {
        var attribute = new AttributeProto { Name = name, Type = type };
        set(attribute);
        return attribute;
    }

    // Files are little-endian, and so is every machine that .NET runs on today.
    private string Constant(string suffix, TensorType type, ReadOnlySpan<byte> bytes, int[] dimensions)
    {
        string name = graph.Unused($"{node.Name}.{suffix}");
        var tensor = new TensorProto
        {
            Name = name,
            DataType = (int)type,
            RawData = ByteString.CopyFrom(bytes),
        };
        tensor.Dims.AddRange(dimensions.Select(d => (long)d));
        graph.Add(tensor);
        return name;
    }
}
