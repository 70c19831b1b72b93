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
/// (<see cref="AffinePassage"/>). Ways part and meet again, so that there may be far more of them than layers: one search looks at so many
/// layers, and all searches in a network at so many values, and no more.
/// </summary>
internal sealed class AffineSearch(IGraphView graph)
{
    private const int Deepest = 500;
    private const int MaxLayers = 20_000;
    private const int MaxNamed = 8;
    private const string GivenUp = "too many layers around it would have to be searched";

    private long _values = 1L << 28;
    private int _layers;

    /// <summary>Into the layers that make the value that <paramref name="node"/>, which is the map, reads.</summary>
    public AffineRoute Before(Node node, AffineMap map)
    {
        _layers = 0;
        return Before(node, node.Inputs[0], map, 0);
    }

    /// <summary>Into all layers that read the value of <paramref name="node"/>, which is the map.</summary>
    public AffineRoute Behind(Node node, AffineMap map)
    {
        _layers = 0;
        if (graph.IsOutput(node.Name))
            return AffineRoute.Ends("its value is the network's output");
        return Readers(node, map, 0);
    }

    private AffineRoute Before(Node reader, string value, AffineMap map, int depth)
    {
        if (IsTooFar(map, depth))
            return AffineRoute.Ends(GivenUp);
        Node source = graph[value];
        bool takes = LinearLayers.Is(source.Layer) || LinearLayers.IsAffine(source.Layer);
        if (!takes && !AffinePassage.IsOpen(source.Layer))
            return AffineRoute.Ends($"'{value}' before it is not linear");
        if (graph.IsOutput(value))
            return AffineRoute.Ends($"the value of '{value}' before it is the network's output");
        if (graph.Reads(value) > 1)
            return AffineRoute.Ends($"the value of '{value}' before it is {AlsoRead(value, reader)}");
        if (takes && graph.SharesParameters(value))
            return AffineRoute.Ends($"the weights of '{value}' before it are shared with another layer");
        if (takes)
            return map.WithPeriod(LinearLayers.OutputPeriod(source)) is { } held
                ? new AffineRoute([new OutputEdit(source, held)], null)
                : AffineRoute.Ends(TooFine(value, "before"));
        if (AffinePassage.Backward(graph, source, map) is not { } maps)
            return AffineRoute.Ends($"'{value}' before it does not commute with an affine map");
        return All(maps.Select((part, i) => Before(source, source.Inputs[i], part, depth + 1)));
    }

    private AffineRoute Readers(Node node, AffineMap map, int depth)
    {
        IReadOnlyList<Node> readers = graph.Consumers(node.Name);
        return readers.Count == 0
            ? AffineRoute.Ends("nothing reads its value")
            : All(readers.Select(reader => Behind(node, reader, map, depth)));
    }

    private AffineRoute Behind(Node source, Node reader, AffineMap map, int depth)
    {
        if (IsTooFar(map, depth))
            return AffineRoute.Ends(GivenUp);
        if (reader.Inputs.Count(input => input == source.Name) > 1)
            return AffineRoute.Ends($"'{reader.Name}' behind it reads it twice");
        if (AffinePassage.IsOpen(reader.Layer))
            return Past(source, reader, map, depth);
        if (ObstacleIn(reader) is { } obstacle)
            return AffineRoute.Ends(obstacle);
        if (graph.SharesParameters(reader.Name))
            return AffineRoute.Ends($"the weights of '{reader.Name}' behind it are shared with another layer");
        return map.WithPeriod(source.Shape.Channels) is { } held
            ? new AffineRoute([new InputEdit(reader, held)], null)
            : AffineRoute.Ends(TooFine(reader.Name, "behind"));
    }

    private AffineRoute Past(Node source, Node reader, AffineMap map, int depth)
    {
        if (graph.IsOutput(reader.Name))
            return AffineRoute.Ends($"the value of '{reader.Name}' behind it is the network's output");
        return AffinePassage.Forward(graph, reader, source.Name, map) is { } passed
            ? Readers(reader, passed, depth + 1)
            : AffineRoute.Ends($"'{reader.Name}' behind it does not commute with an affine map");
    }

    private static string? ObstacleIn(Node reader) =>
        reader.Layer switch
        {
            Linear or ChannelAffine => null,
            ConvolutionLayer convolution => convolution.IsPadded
                ? $"'{reader.Name}' behind it pads with zeros, which would stand for other values once the shift is folded"
                : null,
            ConvTranspose2d =>
                $"'{reader.Name}' behind it reads fewer positions for outputs near the border, so a bias cannot represent the shift",
            _ => $"'{reader.Name}' behind it is not linear",
        };

    private static string TooFine(string layer, string where) =>
        $"it has statistics for each position, but the weights of '{layer}' {where} it are the same for all positions";

    private bool IsTooFar(AffineMap map, int depth)
    {
        _values -= map.Period;
        return depth > Deepest || ++_layers > MaxLayers || _values < 0;
    }

    private string AlsoRead(string value, Node reader)
    {
        IReadOnlyList<Node> readers = graph.Consumers(value);
        string[] others = [.. readers.Select(n => n.Name).Where(name => name != reader.Name).Take(MaxNamed)];
        int more = readers.Count - 1 - others.Length;
        return others.Length == 0
            ? "read twice"
            : $"also read by {string.Join(", ", others.Select(r => $"'{r}'"))}{(more > 0 ? $" and {more} more" : "")}";
    }

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
