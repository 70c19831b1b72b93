using System.Text;
using Evenkeel.Testing.Fuzzing.Structure;

namespace Evenkeel.Bench.Hostile;

/// <summary>Model files that are large in another way than in bytes: tensors, nodes, calls, depth, what they compute while they are read.</summary>
internal static class ModelBombs
{
    /// <summary>A safetensors file of so many tensors of one value.</summary>
    public static void SafeTensors(string path, int tensors)
    {
        using FileStream file = File.Create(path);
        var header = new StringBuilder("{");
        for (int i = 0; i < tensors; i++)
        {
            header
                .Append(i == 0 ? "" : ",")
                .Append('"')
                .Append(i)
                .Append("\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[")
                .Append(4L * i)
                .Append(',')
                .Append(4L * (i + 1))
                .Append("]}");
        }

        byte[] text = Encoding.ASCII.GetBytes(header.Append('}').ToString());
        file.Write(BitConverter.GetBytes((long)text.Length));
        file.Write(text);
        file.SetLength(file.Length + (4L * tensors));
    }

    /// <summary>A safetensors file whose header holds nothing but what is given.</summary>
    public static void Header(string path, long length, string text, long size)
    {
        using FileStream file = File.Create(path);
        file.Write(BitConverter.GetBytes(length));
        file.Write(Encoding.UTF8.GetBytes(text));
        file.SetLength(Math.Max(size, file.Length));
    }

    /// <summary>An ONNX file of rectifiers one behind the other.</summary>
    public static void Chain(string path, int nodes) =>
        Write(
            path,
            [
                .. Enumerable
                    .Range(0, nodes)
                    .Select(i => Node("Relu", i == nodes - 1 ? "y" : $"v{i + 1}", i == 0 ? "x" : $"v{i}")),
            ]
        );

    /// <summary>An ONNX file that fills constants while it is read and adds them up.</summary>
    public static void Fills(string path, int count, params long[] shape)
    {
        var nodes = new List<WireField> { Node("ConstantOfShape", "s0", "shape") };
        for (int i = 1; i < count; i++)
        {
            nodes.Add(Node("ConstantOfShape", $"c{i}", "shape"));
            nodes.Add(Node("Add", $"s{i}", $"s{i - 1}", $"c{i}"));
        }

        nodes.Add(Node("Add", "y", "x", $"s{count - 1}"));
        Write(path, nodes, Tensor("shape", shape));
    }

    /// <summary>An ONNX file of functions, each of which calls the one before twice.</summary>
    public static void Functions(string path, int depth)
    {
        WireMessage model = Model([Node($"f{depth - 1}", "y", "x")]);
        for (int i = 0; i < depth; i++)
        {
            string called = i == 0 ? "Relu" : $"f{i - 1}";
            var function = WireMessage.Of(WireMessage.Function, WireField.Text(1, $"f{i}"), WireField.Text(4, "v"));
            function.Fields.AddRange([WireField.Text(5, "w"), Node(called, "u", "v", 7), Node(called, "w", "u", 7)]);
            model.Fields.Add(WireField.Of(25, function));
        }

        File.WriteAllBytes(path, model.ToBytes());
    }

    /// <summary>An ONNX file whose node holds a graph, whose node holds a graph, and so on.</summary>
    public static void Nested(string path, int depth)
    {
        // From within, since each is as long as all it holds.
        byte[] graph = [];
        for (int i = 0; i < depth; i++)
        {
            foreach (byte field in (byte[])[6, 5, 1])
                graph = [(byte)((field << 3) | 2), .. Length(graph.Length), .. graph];
        }

        File.WriteAllBytes(path, [0x3A, .. Length(graph.Length), .. graph]);
    }

    /// <summary>An ONNX file of many empty messages.</summary>
    public static void Empty(string path, int messages)
    {
        byte[] nodes = new byte[2 * messages];
        for (int i = 0; i < messages; i++)
            nodes[2 * i] = 0x0A;
        File.WriteAllBytes(path, [0x3A, .. Length(nodes.Length), .. nodes]);
    }

    /// <summary>An ONNX file whose weights lie in another.</summary>
    public static void External(string path, string location)
    {
        WireMessage weights = WireMessage.Of(
            WireMessage.Tensor,
            WireField.Whole(1, 4),
            WireField.Whole(2, 1),
            WireField.Text(8, "w"),
            WireField.Of(
                13,
                WireMessage.Of(WireMessage.Entry, WireField.Text(1, "location"), WireField.Text(2, location))
            ),
            WireField.Whole(14, 1)
        );
        Write(path, [Node("Add", "y", "x", "w")], WireField.Of(5, weights));
    }

    /// <summary>An ONNX file of one node with names of one's own.</summary>
    public static void Named(string path, string operation, string name) =>
        Write(path, [Node(operation, "y", "x").With(WireField.Text(3, name))]);

    private static WireField With(this WireField node, WireField field)
    {
        node.Message!.Fields.Add(field);
        return node;
    }

    private static void Write(string path, IEnumerable<WireField> nodes, params WireField[] further) =>
        File.WriteAllBytes(path, Model(nodes, further).ToBytes());

    private static WireMessage Model(IEnumerable<WireField> nodes, params WireField[] further) =>
        WireMessage.Of(
            WireMessage.Model,
            WireField.Whole(1, 8),
            WireField.Of(
                7,
                WireMessage.Of(
                    WireMessage.Graph,
                    [.. nodes, .. further, FoldingFile.Value(11, "x", 4), FoldingFile.Value(12, "y", 4)]
                )
            ),
            WireField.Of(8, WireMessage.Of(WireMessage.Opset, WireField.Text(1, ""), WireField.Whole(2, 17)))
        );

    private static WireField Node(string operation, string output, params string[] inputs) =>
        Node(operation, output, inputs, 1);

    private static WireField Node(string operation, string output, string input, long place) =>
        Node(operation, output, [input], place);

    private static WireField Node(string operation, string output, string[] inputs, long place) =>
        WireField.Of(
            place,
            WireMessage.Of(
                WireMessage.Node,
                [.. inputs.Select(i => WireField.Text(1, i)), WireField.Text(2, output), WireField.Text(4, operation)]
            )
        );

    private static WireField Tensor(string name, long[] values) =>
        WireField.Of(
            5,
            WireMessage.Of(
                WireMessage.Tensor,
                WireField.Whole(1, values.Length),
                WireField.Whole(2, 7),
                WireField.Text(8, name),
                new WireField
                {
                    Number = 9,
                    Type = WireField.Lengthened,
                    Bytes = [.. values.SelectMany(BitConverter.GetBytes)],
                }
            )
        );

    private static byte[] Length(int length)
    {
        var bytes = new List<byte>();
        for (; length > 127; length >>= 7)
            bytes.Add((byte)(length | 128));
        bytes.Add((byte)length);
        return [.. bytes];
    }
}
