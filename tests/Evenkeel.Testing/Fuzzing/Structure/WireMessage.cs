using System.Buffers.Binary;

namespace Evenkeel.Testing.Fuzzing.Structure;

/// <summary>A protobuf message of an ONNX file, as its fields.</summary>
/// <param name="kind">Which message it is.</param>
internal sealed class WireMessage(string kind)
{
    public const string Model = "Model",
        Graph = "Graph",
        Function = "Function",
        Node = "Node",
        Attribute = "Attribute",
        Tensor = "Tensor",
        Entry = "Entry",
        Opset = "Opset",
        ValueInfo = "ValueInfo",
        Type = "Type",
        TensorType = "TensorType",
        Shape = "Shape",
        Dimension = "Dimension";

    private static readonly Dictionary<(string Kind, long Number), string> Inner = new()
    {
        [(Model, 7)] = Graph,
        [(Model, 8)] = Opset,
        [(Model, 14)] = Entry,
        [(Model, 25)] = Function,
        [(Function, 7)] = Node,
        [(Function, 9)] = Opset,
        [(Function, 11)] = Attribute,
        [(Graph, 1)] = Node,
        [(Graph, 5)] = Tensor,
        [(Graph, 11)] = ValueInfo,
        [(Graph, 12)] = ValueInfo,
        [(Graph, 13)] = ValueInfo,
        [(Node, 5)] = Attribute,
        [(Attribute, 5)] = Tensor,
        [(Attribute, 6)] = Graph,
        [(Tensor, 13)] = Entry,
        [(ValueInfo, 2)] = Type,
        [(Type, 1)] = TensorType,
        [(TensorType, 2)] = Shape,
        [(Shape, 1)] = Dimension,
    };

    public string Kind => kind;

    public List<WireField> Fields { get; } = [];

    public static WireMessage Of(string kind, params IEnumerable<WireField> fields)
    {
        var message = new WireMessage(kind);
        message.Fields.AddRange(fields);
        return message;
    }

    /// <summary>Reads a whole, undamaged message.</summary>
    public static WireMessage Parse(ReadOnlySpan<byte> bytes, string kind)
    {
        var message = new WireMessage(kind);
        while (!bytes.IsEmpty)
        {
            ulong tag = ReadVarint(ref bytes);
            var field = new WireField { Number = (long)(tag >> 3), Type = (int)(tag & 7) };
            message.Fields.Add(field);
            switch (field.Type)
            {
                case WireField.Varint:
                    field.Value = ReadVarint(ref bytes);
                    break;
                case WireField.Fixed64:
                    field.Value = BinaryPrimitives.ReadUInt64LittleEndian(bytes);
                    bytes = bytes[8..];
                    break;
                case WireField.Fixed32:
                    field.Value = BinaryPrimitives.ReadUInt32LittleEndian(bytes);
                    bytes = bytes[4..];
                    break;
                default:
                    int length = (int)ReadVarint(ref bytes);
                    if (Inner.TryGetValue((kind, field.Number), out string? inner))
                        field.Message = Parse(bytes[..length], inner);
                    else
                        field.Bytes = bytes[..length].ToArray();
                    bytes = bytes[length..];
                    break;
            }
        }

        return message;
    }

    public byte[] ToBytes()
    {
        using var stream = new MemoryStream();
        foreach (WireField field in Fields)
            field.Write(stream);
        return stream.ToArray();
    }

    public WireMessage Copy() => Of(kind, Fields.Select(f => f.Copy()));

    /// <summary>This message and all within it.</summary>
    public IEnumerable<WireMessage> All() =>
        Fields.Where(f => f.Message is not null).SelectMany(f => f.Message!.All()).Prepend(this);

    public WireField? Field(long number) => Fields.Find(f => f.Number == number);

    private static ulong ReadVarint(ref ReadOnlySpan<byte> bytes)
    {
        ulong value = 0;
        for (int shift = 0; ; shift += 7)
        {
            byte next = bytes[0];
            bytes = bytes[1..];
            value |= (ulong)(next & 127) << shift;
            if (next < 128)
                return value;
        }
    }
}
