using Evenkeel.Graphs;
using Evenkeel.Layers;

namespace Evenkeel.Rewrites;

/// <summary>
/// Folds affine maps into the linear, convolution or transposed convolution layers before them (W' = W a, b' = a b + c per unit or filter) or
/// the linear or convolution layers behind them, past layers that only put values in other places.
/// </summary>
public static class AffineFolding
{
    /// <summary>The model with every affine map folded that can be; the given model is not changed.</summary>
    public static Model FoldAffine(this Model model)
    {
        ArgumentNullException.ThrowIfNull(model);
        var folder = new AffineFolder(model);
        while (TryFold(folder)) { }
        return folder.ToModel();
    }

    // A fold may open the way for another one before it.
    private static bool TryFold(AffineFolder folder)
    {
        bool folded = false;
        foreach (Node node in folder.Graph.Nodes.Where(n => n.Layer is ChannelAffine))
        {
            AffineRoute route = folder.Find(node.Name);
            if (route.Obstacle is not null)
                continue;
            folder.Fold(node.Name, route);
            folded = true;
        }

        return folded;
    }
}
