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
    private const int MaxLayers = 20_000;
    private const int MaxNamed = 8;

    private long _values = 1L << 28;

    /// <summary>Into the layers that make the value that <paramref name="node"/>, which is the map, reads.</summary>
    public AffineRoute Before(Node node, AffineMap map) =>
        Search(Turn.Goes([new Way(node, graph[node.Inputs[0]], map)]), Before);

    /// <summary>Into all layers that read the value of <paramref name="node"/>, which is the map.</summary>
    public AffineRoute Behind(Node node, AffineMap map) =>
        graph.IsOutput(node.Name)
            ? AffineRoute.Ends("its value is the network's output")
            : Search(Readers(node, map), Behind);

    /// <summary>A map that is to become part of <paramref name="To"/>, or to pass it, coming from <paramref name="From"/> next to it.</summary>
    private readonly record struct Way(Node From, Node To, AffineMap Map);

    /// <summary>What a way comes to: an obstacle, a layer that takes the map, or ways further on.</summary>
    private readonly record struct Turn(string? Obstacle, AffineEdit? Edit, IEnumerable<Way> Further)
    {
        public static Turn Ends(string obstacle) => new(obstacle, null, []);

        public static Turn Takes(AffineEdit edit) => new(null, edit, []);

        public static Turn Goes(IEnumerable<Way> further) => new(null, null, further);
    }

    /// <summary>Depth first, with the ways still open in a list: networks are deeper than a thread's stack.</summary>
    private AffineRoute Search(Turn turn, Func<Way, Turn> look)
    {
        var edits = ImmutableArray.CreateBuilder<AffineEdit>();
        var open = new Stack<IEnumerator<Way>>();
        for (int layers = 1; ; layers++)
        {
            if (turn.Obstacle is { } obstacle)
                return AffineRoute.Ends(obstacle);
            if (turn.Edit is { } edit)
                edits.Add(edit);
            open.Push(turn.Further.GetEnumerator());
            while (open.Count > 0 && !open.Peek().MoveNext())
                open.Pop();
            if (open.Count == 0)
                return new AffineRoute(edits.ToImmutable(), null);
            Way way = open.Peek().Current;
            _values -= way.Map.Period;
            turn =
                layers > MaxLayers || _values < 0
                    ? Turn.Ends("too many layers around it would have to be searched")
                    : look(way);
        }
    }

    private Turn Before(Way way)
    {
        (Node reader, Node source, AffineMap map) = way;
        string value = source.Name;
        bool takes = LinearLayers.Is(source.Layer) || LinearLayers.IsAffine(source.Layer);
        if (!takes && !AffinePassage.IsOpen(source.Layer))
            return Turn.Ends($"'{value}' before it is not linear");
        if (graph.IsOutput(value))
            return Turn.Ends($"the value of '{value}' before it is the network's output");
        if (graph.Reads(value) > 1)
            return Turn.Ends($"the value of '{value}' before it is {AlsoRead(value, reader)}");
        if (takes && graph.SharesParameters(value))
            return Turn.Ends($"the weights of '{value}' before it are shared with another layer");
        if (takes)
            return map.WithPeriod(LinearLayers.OutputPeriod(source)) is { } held
                ? Turn.Takes(new OutputEdit(source, held))
                : Turn.Ends(TooFine(value, "before"));
        return AffinePassage.Backward(graph, source, map) is { } maps
            ? Turn.Goes(maps.Select((part, i) => new Way(source, graph[source.Inputs[i]], part)))
            : Turn.Ends($"'{value}' before it does not commute with an affine map");
    }

    private Turn Readers(Node node, AffineMap map)
    {
        IReadOnlyList<Node> readers = graph.Consumers(node.Name);
        return readers.Count == 0
            ? Turn.Ends("nothing reads its value")
            : Turn.Goes(readers.Select(reader => new Way(node, reader, map)));
    }

    private Turn Behind(Way way)
    {
        (Node source, Node reader, AffineMap map) = way;
        if (reader.Inputs.Count(input => input == source.Name) > 1)
            return Turn.Ends($"'{reader.Name}' behind it reads it twice");
        if (AffinePassage.IsOpen(reader.Layer))
            return Past(source, reader, map);
        if (ObstacleIn(reader) is { } obstacle)
            return Turn.Ends(obstacle);
        if (graph.SharesParameters(reader.Name))
            return Turn.Ends($"the weights of '{reader.Name}' behind it are shared with another layer");
        return map.WithPeriod(source.Shape.Channels) is { } held
            ? Turn.Takes(new InputEdit(reader, held))
            : Turn.Ends(TooFine(reader.Name, "behind"));
    }

    private Turn Past(Node source, Node reader, AffineMap map)
    {
        if (graph.IsOutput(reader.Name))
            return Turn.Ends($"the value of '{reader.Name}' behind it is the network's output");
        return AffinePassage.Forward(graph, reader, source.Name, map) is { } passed
            ? Readers(reader, passed)
            : Turn.Ends($"'{reader.Name}' behind it does not commute with an affine map");
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

    private string AlsoRead(string value, Node reader)
    {
        IReadOnlyList<Node> readers = graph.Consumers(value);
        string[] others = [.. readers.Select(n => n.Name).Where(name => name != reader.Name).Take(MaxNamed)];
        int more = readers.Count - 1 - others.Length;
        return others.Length == 0
            ? "read twice"
            : $"also read by {string.Join(", ", others.Select(r => $"'{r}'"))}{(more > 0 ? $" and {more} more" : "")}";
    }
}
