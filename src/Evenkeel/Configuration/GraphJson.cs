using System.Text.Json;
using Evenkeel.Graphs;
using Evenkeel.Layers;

namespace Evenkeel.Configuration;

/// <summary>
/// A network as JSON: <c>{"input": [784], "layers": [{"type": "linear", "units": 100}, {"type": "batchnorm"}, ...]}</c>. Each layer
/// reads the one before it unless it says <c>"inputs": ["name", ...]</c>, of a layer of several values <c>"name:1"</c> for the second; a <c>name</c> is optional; <c>"parametersOf": "name"</c> uses the
/// learned tensors of a layer before it, <c>"statisticsOf": "name"</c> its running statistics. <c>inputName</c> is what layers call the
/// input, <c>input</c> by default; further inputs are layers, <c>{"type": "input", "shape": [3]}</c>. <c>output</c> names the layer that is the output, the last by default;
/// <c>"outputs": [{"layer": "fc", "name": "scores"}, ...]</c> names several. What is read is what was written: nothing is rewritten.
/// </summary>
public static class GraphJson
{
    private const string DefaultInput = "input";

    /// <summary>Reads a network.</summary>
    /// <param name="fields">The object.</param>
    /// <param name="input">Shape of the examples if the object does not say it.</param>
    /// <exception cref="ConfigurationException">A field is unknown, missing or of the wrong type.</exception>
    /// <exception cref="GraphException">The layers do not fit together.</exception>
    internal static Graph Read(JsonFields fields, Shape? input = null)
    {
        ArgumentNullException.ThrowIfNull(fields);
        Shape shape = fields.Has("input") || input is null ? MappingJson.ReadShape(fields, "input") : input.Value;
        var nodes = new List<Node> { new(fields.Text("inputName", DefaultInput), new Input(shape), [], shape) };
        var read = new LayersRead(nodes[0]);
        foreach (JsonFields layer in fields.Objects("layers"))
        {
            int before = nodes.Count;
            if (RecurrentJson.Is(layer))
                RecurrentJson.Append(layer, nodes, read.NextGroup(layer.Text("type")));
            else
                nodes.Add(ReadNode(layer, nodes[^1], read));
            read.Add(nodes[before..]);
        }

        GraphOutput[] outputs = ReadOutputs(fields, nodes[^1].Name);
        fields.RequireNoOthers();
        return new Graph(nodes, outputs);
    }

    /// <summary>Parses a network from text written by <see cref="ToText"/>.</summary>
    public static Graph Parse(string json, string source)
    {
        using JsonDocument document = JsonText.Parse(json, source);
        return Read(new JsonFields(document.RootElement, source));
    }

    /// <summary>Writes a network as an object; every default is written out.</summary>
    public static void Write(Utf8JsonWriter writer, Graph graph)
    {
        ArgumentNullException.ThrowIfNull(writer);
        ArgumentNullException.ThrowIfNull(graph);
        writer.WriteStartObject();
        MappingJson.WriteNumbers(writer, "input", graph.Input.Shape.Dimensions);
        if (graph.Input.Name != DefaultInput)
            writer.WriteString("inputName", graph.Input.Name);
        writer.WriteStartArray("layers");
        foreach (Node node in graph.Nodes.Skip(1))
        {
            writer.WriteStartObject();
            writer.WriteString("name", node.Name);
            LayerJson.Write(writer, node.Layer);
            if (node.Layer is CustomLayer own)
                CustomLayerJson.Write(writer, own, graph.ShapeOf(node.Inputs[0]), node.Shape);
            writer.WriteStartArray("inputs");
            foreach (string source in node.Inputs)
                writer.WriteStringValue(source);
            writer.WriteEndArray();
            if (node.ParametersOf is { } owner)
                writer.WriteString("parametersOf", owner);
            if (node.StatisticsOf is { } keeper)
                writer.WriteString("statisticsOf", keeper);
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
        WriteOutputs(writer, graph);
        writer.WriteEndObject();
    }

    /// <summary>The network as one line of JSON.</summary>
    public static string ToText(Graph graph) => JsonText.Written(writer => Write(writer, graph));

    private static GraphOutput[] ReadOutputs(JsonFields fields, string last)
    {
        if (!fields.Has("outputs"))
            return [new GraphOutput(fields.Text("output", last))];
        if (fields.Has("output"))
            throw new ConfigurationException(
                $"{fields.PathOf("output")}: 'outputs' names them already; leave one out."
            );
        JsonFields[] outputs = fields.Objects("outputs");
        return outputs.Length > 0
            ? [.. outputs.Select(ReadOutput)]
            : throw new ConfigurationException($"{fields.PathOf("outputs")}: name at least one output.");
    }

    private static GraphOutput ReadOutput(JsonFields fields)
    {
        string layer = fields.Text("layer");
        var output = new GraphOutput(layer, fields.Has("name") ? fields.Text("name") : null);
        fields.RequireNoOthers();
        return output;
    }

    private static void WriteOutputs(Utf8JsonWriter writer, Graph graph)
    {
        if (graph.Results is [{ GivenName: null } only])
        {
            writer.WriteString("output", only.Node);
            return;
        }

        writer.WriteStartArray("outputs");
        foreach (GraphOutput output in graph.Results)
        {
            writer.WriteStartObject();
            writer.WriteString("layer", output.Node);
            if (output.GivenName is { } name)
                writer.WriteString("name", name);
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
    }

    private static Node ReadNode(JsonFields fields, Node before, LayersRead read)
    {
        Layer layer = LayerJson.Read(fields);
        string name = fields.Text("name", $"{layer.Kind}{read.Count(layer.Kind) + 1}");
        string[] inputs = layer.InputCount == 0 ? [] : [before.Name];
        if (fields.Has("inputs"))
            inputs = fields.Texts("inputs");
        string? owner = fields.Has("parametersOf") ? fields.Text("parametersOf") : null,
            keeper = fields.Has("statisticsOf") ? fields.Text("statisticsOf") : null;
        fields.RequireNoOthers();
        Shape[] shapes = [.. inputs.Select(i => read.ShapeOf(i, name))];
        return new Node(name, layer, [.. inputs], LayerShapes.Infer(name, layer, shapes))
        {
            ParametersOf = owner,
            StatisticsOf = keeper,
        };
    }

    /// <summary>The layers read so far, as far as those behind them ask.</summary>
    private sealed class LayersRead
    {
        private readonly Dictionary<string, Shape> _shapes = [];
        private readonly Dictionary<string, int> _counts = [];

        public LayersRead(Node input) => Add([input]);

        public int Count(string kind) => _counts.GetValueOrDefault(kind);

        public Shape ShapeOf(string input, string reader) =>
            _shapes.TryGetValue(input, out Shape shape)
                ? shape
                : throw new GraphException($"Layer '{reader}' reads '{input}', which does not come before it.");

        /// <summary>Kind and number of a recurrent layer, which is a group of layers.</summary>
        public string NextGroup(string kind) => $"{kind}{_counts[kind] = Count(kind) + 1}";

        // Of two layers of a name, which the graph refuses, the first counts.
        public void Add(IReadOnlyList<Node> nodes)
        {
            foreach (Node node in nodes)
            {
                for (int i = 0; i < node.Shapes.Length; i++)
                    _shapes.TryAdd(node.Value(i), node.Shapes[i]);
            }

            // Layers of a group are counted as one, by its kind.
            if (nodes is [var only])
                _counts[only.Layer.Kind] = Count(only.Layer.Kind) + 1;
        }
    }
}
