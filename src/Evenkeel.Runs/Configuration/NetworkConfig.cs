using System.Text.Json;
using Evenkeel.Configuration;
using Evenkeel.Graphs;
using Evenkeel.Layers;

namespace Evenkeel.Runs.Configuration;

/// <summary>
/// The field <c>network</c>: a name with options, or layers written out; batch normalisation inserted by Algorithm 2 if asked for.
/// </summary>
internal static class NetworkConfig
{
    /// <summary>Reads a network.</summary>
    /// <param name="f">The object.</param>
    /// <param name="data">What the network is for; its shape is used where the object names none.</param>
    public static Graph Read(JsonFields f, NetworkData data)
    {
        BatchNormConvention? convention = ReadBatchNorm(f);
        Initializer? init = f.Has("init") ? InitializerJson.Read(f.Object("init")) : null;
        return f.Has("name") ? Named(f, data, convention, init) : WrittenOut(f, data, convention, init);
    }

    private static Graph Named(JsonFields f, NetworkData data, BatchNormConvention? convention, Initializer? init)
    {
        Graph graph = NamedNetworks.Read(f, data, convention);
        return init is null ? graph : Initialize(graph, init, _ => true);
    }

    private static Graph WrittenOut(JsonFields f, NetworkData data, BatchNormConvention? convention, Initializer? init)
    {
        if (!f.Has("layers"))
        {
            throw new ConfigurationException(
                $"{f.PathOf("layers")}: the field is missing; give \"layers\": [...] or a \"name\": {NamedNetworks.Names}."
            );
        }

        Graph graph = GraphJson.Read(f, f.Has("input") ? null : data.Shape);
        if (init is not null)
        {
            bool[] own = [.. f.Objects("layers").Select(layer => layer.Has("init"))];
            graph = Initialize(graph, init, i => !own[i]);
        }

        return convention is null ? graph : graph.InsertBatchNorm(convention);
    }

    // A layer's own initializer, where it has one, goes before the network's.
    private static Graph Initialize(Graph graph, Initializer init, Func<int, bool> concerns)
    {
        var editor = new GraphEditor(graph);
        for (int i = 1; i < graph.Nodes.Length; i++)
        {
            Node node = graph.Nodes[i];
            Layer? begun = node.Layer switch
            {
                Linear linear => linear with { Initializer = init },
                ConvolutionLayer convolution => convolution with { Initializer = init },
                _ => null,
            };
            if (begun is not null && concerns(i - 1))
                editor.Replace(node.Name, begun, node.Inputs);
        }

        return editor.ToGraph();
    }

    private static BatchNormConvention? ReadBatchNorm(JsonFields f)
    {
        if (!f.Has("batchNorm"))
        {
            bool normalized = f.Has("name") && NamedNetworks.IsNormalizedByDefault(f.Text("name"));
            return normalized ? BatchNormConvention.Default : null;
        }

        if (f.Element("batchNorm").ValueKind != JsonValueKind.Object)
            return f.Flag("batchNorm", false) ? BatchNormConvention.Default : null;
        JsonFields fields = f.Object("batchNorm");
        BatchNormConvention convention = ConventionJson.Read(fields);
        fields.RequireNoOthers();
        return convention;
    }
}
