using Evenkeel.Graphs;
using Evenkeel.Layers;

namespace Evenkeel.Testing.Networks;

/// <summary>One way to go on with a network.</summary>
/// <param name="Layer">The kind of layer that it is for.</param>
/// <param name="Weight">How often it is taken beside others.</param>
/// <param name="Append">Appends the layer; throws <see cref="ArgumentException"/> where it does not fit.</param>
internal sealed record LayerChoice(Type Layer, int Weight, Action<NetworkDraft, Draw> Append)
{
    /// <summary>A layer of one value.</summary>
    public static LayerChoice Of<T>(Func<Shape, Draw, T> make, int weight = 1)
        where T : Layer => new(typeof(T), weight, (draft, draw) => draft.Append(make(draft.Last.Shape, draw)));

    /// <summary>A layer of one value that mostly is above 0, lest most networks give NaN.</summary>
    public static LayerChoice OfPositive<T>(Func<T> make)
        where T : Layer =>
        new(
            typeof(T),
            1,
            (draft, draw) =>
            {
                if (!draw.Flag(8))
                    draft.Append(new Softplus());
                draft.Append(make());
            }
        );

    /// <summary>A layer of two values of one shape, in either order.</summary>
    public static LayerChoice OfTwo<T>(Func<Draw, T> make, int weight = 1)
        where T : Layer =>
        new(
            typeof(T),
            weight,
            (draft, draw) =>
            {
                string other = Other(draft, draw, draft.Last.Shape),
                    last = draft.Last.Name;
                draft.Append(make(draw), draw.Flag() ? [other, last] : [last, other]);
            }
        );

    /// <summary>A value of a shape, the latest for 0, which may be the last itself.</summary>
    public static string Other(NetworkDraft draft, Draw draw, Shape shape)
    {
        Node[] fitting = [.. draft.Nodes.Where(n => n.Shape == shape).Reverse()];
        // Another value than the last where there is one.
        return fitting[fitting.Length > 1 && !draw.Flag(6) ? 1 + draw.Below(fitting.Length - 1) : 0].Name;
    }
}
