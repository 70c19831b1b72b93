using Evenkeel.Graphs;
using Evenkeel.Kernels.Pooling;
using Evenkeel.Layers;
using AxisPlan = Evenkeel.Kernels.Elementwise.AxisPlan;

namespace Evenkeel.Rewrites;

/// <summary>
/// Layers that an affine map may pass: those that put values in other places, those that choose among the values of a channel, and means
/// over positions of a channel.
/// </summary>
internal static class AffinePassage
{
    /// <summary>Whether there are maps that may pass; others end at this layer.</summary>
    public static bool IsOpen(Layer layer) =>
        layer is Dropout or ReshapingLayer or AxisMap or Concat or GlobalAveragePool or PoolingLayer;

    /// <summary>The map of a layer's output that does what <paramref name="map"/> does to its input; null if there is none.</summary>
    public static AffineMap? Forward(IGraphView graph, Node node, string input, AffineMap map) =>
        node.Layer switch
        {
            Dropout or ReshapingLayer => map,
            AxisMap axes => Moved(axes.Sources(graph.ShapeOf(input)), map),
            Concat => Beside(graph, node, input, map),
            _ => PerChannel(node, map),
        };

    /// <summary>For each input the map of it that does what <paramref name="map"/> does to the output; null if there is none.</summary>
    public static AffineMap[]? Backward(IGraphView graph, Node node, AffineMap map)
    {
        if (node.Layer is Concat)
            return Parts(graph, node, map);
        AffineMap? before = node.Layer switch
        {
            Dropout or ReshapingLayer => map,
            AxisMap axes => MovedBack(
                axes.Sources(graph.ShapeOf(node.Inputs[0])),
                graph.ShapeOf(node.Inputs[0]).Count,
                map
            ),
            _ => PerChannel(node, map),
        };
        return before is null ? null : [before];
    }

    // Means keep a map per channel if padding does not count as a value; the largest value stays the largest if no factor turns the order.
    private static AffineMap? PerChannel(Node node, AffineMap map)
    {
        bool keeps = node.Layer switch
        {
            GlobalAveragePool => true,
            AveragePoolingLayer pool => !pool.IsPadded || pool.Divisor == AverageDivisor.RealPixels,
            _ => map.Scale.All(factor => factor > 0),
        };
        return keeps ? map.WithPeriod(node.Shape.Channels) : null;
    }

    private static AffineMap? Moved(int[] sources, AffineMap map) =>
        sources.Contains(AxisPlan.Nothing) ? null : map.Gather(sources);

    // A value that goes to several places needs the same factor in all of them; one that goes nowhere may have any.
    private static AffineMap? MovedBack(int[] sources, int count, AffineMap map)
    {
        int[] places = new int[count];
        Array.Fill(places, AxisPlan.Nothing);
        for (int i = 0; i < sources.Length; i++)
        {
            int source = sources[i];
            if (source == AxisPlan.Nothing)
                return null;
            int other = places[source];
            if (other != AxisPlan.Nothing && !map.IsSame(i, other))
                return null;
            places[source] = i;
        }

        return map.Gather(Array.ConvertAll(places, place => Math.Max(place, 0)));
    }

    private static AffineMap[]? Parts(IGraphView graph, Node node, AffineMap map)
    {
        if (map.WithPeriod(node.Shape.Channels) is not { } whole)
            return null;
        var parts = new AffineMap[node.Inputs.Length];
        for (int i = 0, first = 0; i < parts.Length; i++)
        {
            int channels = graph.ShapeOf(node.Inputs[i]).Channels;
            parts[i] = new AffineMap(whole.Scale[first..(first + channels)], whole.Shift[first..(first + channels)]);
            first += channels;
        }

        return parts;
    }

    // What stands beside it stays as it is.
    private static AffineMap? Beside(IGraphView graph, Node node, string input, AffineMap map)
    {
        if (map.WithPeriod(graph.ShapeOf(input).Channels) is not { } part)
            return null;
        float[] scale = new float[node.Shape.Channels],
            shift = new float[node.Shape.Channels];
        Array.Fill(scale, 1);
        int first = node.Inputs.TakeWhile(name => name != input).Sum(name => graph.ShapeOf(name).Channels);
        part.Scale.CopyTo(scale, first);
        part.Shift.CopyTo(shift, first);
        return new AffineMap(scale, shift);
    }
}
