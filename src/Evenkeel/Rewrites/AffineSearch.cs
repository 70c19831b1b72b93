using System.Collections.Immutable;
using Evenkeel.Graphs;
using Evenkeel.Layers;

namespace Evenkeel.Rewrites;

/// <summary>Which layers take over an affine map, all of them or none; else the first obstacle.</summary>
/// <param name="Edits">The layers; empty if there is an obstacle.</param>
/// <param name="Obstacle">Why there are none, without a full stop; names layers of the network.</param>
internal sealed record AffineRoute(ImmutableArray<AffineEdit> Edits, string? Obstacle)
{
    public static AffineRoute Ends(string obstacle) => new([], obstacle);
}

/// <summary>
/// Looks for the layers that an affine map can become part of, in front of it or behind it, past layers that let it pass
/// (<see cref="AffinePassage"/>).
/// </summary>
internal static class AffineSearch
{
    /// <summary>Into the layers that make the value that <paramref name="node"/>, which is the map, reads.</summary>
    public static AffineRoute Before(Graph graph, Node node, AffineMap map) => Before(graph, node, node.Inputs[0], map);

    /// <summary>Into all layers that read the value of <paramref name="node"/>, which is the map.</summary>
    public static AffineRoute Behind(Graph graph, Node node, AffineMap map)
    {
        if (graph.IsOutput(node.Name))
            return AffineRoute.Ends("its value is the network's output");
        return Readers(graph, node, map);
    }

    private static AffineRoute Before(Graph graph, Node reader, string value, AffineMap map)
    {
        Node source = graph[value];
        bool takes = LinearLayers.Is(source.Layer) || LinearLayers.IsAffine(source.Layer);
        if (!takes && !AffinePassage.IsOpen(source.Layer))
            return AffineRoute.Ends($"'{value}' before it is not linear");
        if (graph.IsOutput(value))
            return AffineRoute.Ends($"the value of '{value}' before it is the network's output");
        string[] others = [.. graph.Consumers(value).Select(n => n.Name).Where(name => name != reader.Name)];
        if (others.Length > 0 || reader.Inputs.Count(input => input == value) > 1)
            return AffineRoute.Ends($"the value of '{value}' before it is {AlsoRead(others)}");
        if (takes)
            return map.WithPeriod(LinearLayers.OutputPeriod(source)) is { } held
                ? new AffineRoute([new OutputEdit(source, held)], null)
                : AffineRoute.Ends(TooFine(value, "before"));
        if (AffinePassage.Backward(graph, source, map) is not { } maps)
            return AffineRoute.Ends($"'{value}' before it computes something else of mapped values");
        return All(maps.Select((part, i) => Before(graph, source, source.Inputs[i], part)));
    }

    private static AffineRoute Readers(Graph graph, Node node, AffineMap map)
    {
        Node[] readers = [.. graph.Consumers(node.Name)];
        return readers.Length == 0
            ? AffineRoute.Ends("nothing reads its value")
            : All(readers.Select(reader => Behind(graph, node, reader, map)));
    }

    private static AffineRoute Behind(Graph graph, Node source, Node reader, AffineMap map)
    {
        if (reader.Inputs.Count(input => input == source.Name) > 1)
            return AffineRoute.Ends($"'{reader.Name}' behind it reads it twice");
        if (AffinePassage.IsOpen(reader.Layer))
            return Past(graph, source, reader, map);
        if (ObstacleIn(reader) is { } obstacle)
            return AffineRoute.Ends(obstacle);
        return map.WithPeriod(source.Shape.Channels) is { } held
            ? new AffineRoute([new InputEdit(reader, held)], null)
            : AffineRoute.Ends(TooFine(reader.Name, "behind"));
    }

    private static AffineRoute Past(Graph graph, Node source, Node reader, AffineMap map)
    {
        if (graph.IsOutput(reader.Name))
            return AffineRoute.Ends($"the value of '{reader.Name}' behind it is the network's output");
        return AffinePassage.Forward(graph, reader, source.Name, map) is { } passed
            ? Readers(graph, reader, passed)
            : AffineRoute.Ends($"'{reader.Name}' behind it computes something else of mapped values");
    }

    private static string? ObstacleIn(Node reader) =>
        reader.Layer switch
        {
            Linear or ChannelAffine => null,
            ConvolutionLayer { IsPlain: true } convolution => convolution.IsPadded
                ? $"'{reader.Name}' behind it pads with zeros, which stand for other values once the shift is in the bias"
                : null,
            ConvTranspose2d =>
                $"'{reader.Name}' behind it reads fewer places for outputs near the border, so that no bias holds the shift",
            _ => $"'{reader.Name}' behind it is not linear",
        };

    private static string TooFine(string layer, string where) =>
        $"it maps each position on its own, which the weights of '{layer}' {where} it, one set for all positions, cannot hold";

    private static string AlsoRead(string[] others) =>
        others.Length == 0 ? "read twice" : $"also read by {string.Join(", ", others.Select(r => $"'{r}'"))}";

    private static AffineRoute All(IEnumerable<AffineRoute> routes)
    {
        var edits = ImmutableArray.CreateBuilder<AffineEdit>();
        foreach (AffineRoute route in routes)
        {
            if (route.Obstacle is not null)
                return route;
            edits.AddRange(route.Edits);
        }

        return new AffineRoute(edits.ToImmutable(), null);
    }
}
